package arena.runtime;

import arena.diagnosis.LogLine;
import arena.diagnosis.LogSource;
import arena.diagnosis.LogUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/**
 * The functions' log lines in CloudWatch Logs. It asks one log group after the other, because
 * CloudWatch takes few such questions a second.
 */
final class CloudWatchLogSource implements LogSource {
  /** Every function, in the order in which a run meets them. */
  static final List<String> FUNCTIONS =
      List.of(
          "create-run",
          "create-fork",
          "replay-turn",
          "finalize-run",
          "stream-events",
          "read-runs",
          "diagnose-run",
          "reap-runs",
          "diagnose-run");

  /** Most pages of one log group: CloudWatch may answer many without a line before it finds one. */
  private static final int MAX_PAGES = 40;

  /** Most lines of one page, as CloudWatch has it. */
  private static final int PAGE = 10_000;

  /** Longest that a search takes before it is given up. */
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private final Supplier<CloudWatchLogsClient> logs;
  private final String groupPrefix;

  /**
   * Reads with this client.
   *
   * @param groupPrefix what the names of the functions' log groups begin with, such as {@code
   *     /aws/lambda/arena-}
   */
  CloudWatchLogSource(Supplier<CloudWatchLogsClient> logs, String groupPrefix) {
    this.logs = logs;
    this.groupPrefix = groupPrefix;
  }

  @Override
  public List<LogLine> lines(String runId, Instant from, Instant to, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a limit is at least 1, not " + limit);
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<LogLine> lines = new ArrayList<>();
    for (String function : FUNCTIONS) {
      // Anywhere in the line: a run is named in the messages about another, too.
      FilterLogEventsRequest question =
          FilterLogEventsRequest.builder()
              .logGroupName(groupPrefix + function)
              .filterPattern("\"" + runId + "\"")
              .startTime(from.toEpochMilli())
              .endTime(to.toEpochMilli())
              .limit(Math.min(limit, PAGE))
              .build();
      lines.addAll(lines(function, question, limit, deadline));
    }
    // Stable: lines of one moment stay in the order of the functions.
    lines.sort(Comparator.comparing(LogLine::at));
    return List.copyOf(lines.subList(0, Math.min(limit, lines.size())));
  }

  private List<LogLine> lines(
      String function, FilterLogEventsRequest first, int limit, long deadline) {
    List<LogLine> lines = new ArrayList<>();
    FilterLogEventsRequest question = first;
    for (int pages = 0; pages < MAX_PAGES; pages++) {
      if (System.nanoTime() > deadline) {
        throw new LogUnavailable(
            "the log of %s was not searched through within %s".formatted(function, PATIENCE), null);
      }
      FilterLogEventsResponse page;
      try {
        page = logs.get().filterLogEvents(question);
      } catch (ResourceNotFoundException _) {
        return lines; // a function that never ran may have no log group yet
      } catch (SdkException e) {
        throw new LogUnavailable("the log of %s cannot be read".formatted(function), e);
      }
      for (FilteredLogEvent event : page.events()) {
        lines.add(
            new LogLine(
                Instant.ofEpochMilli(event.timestamp()),
                function,
                event.message().stripTrailing()));
      }
      if (page.nextToken() == null || lines.size() >= limit) {
        return lines;
      }
      question = question.toBuilder().nextToken(page.nextToken()).build();
    }
    throw new LogUnavailable(
        String.format(
            Locale.ROOT, "the log of %s has more than %d pages in this time", function, MAX_PAGES),
        null);
  }
}
