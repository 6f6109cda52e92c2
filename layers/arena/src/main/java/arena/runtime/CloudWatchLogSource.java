package arena.runtime;

import arena.diagnosis.LogLine;
import arena.diagnosis.LogSource;
import arena.error.Dependency;
import arena.run.RunId;
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
 * Reads the functions' log from CloudWatch Logs. Queries the log groups sequentially because of the
 * low rate limit of {@code FilterLogEvents}.
 */
final class CloudWatchLogSource implements LogSource {
  /** All functions that log lines of runs, in the order in which a run uses them. */
  static final List<String> FUNCTIONS =
      List.of(
          "create-run",
          "create-fork",
          "replay-turn",
          "finalize-run",
          "stream-events",
          "read-runs",
          "reap-runs",
          "diagnose-run",
          "authorize-caller",
          "create-ticket",
          "create-comparison",
          "play-cell",
          "read-comparisons");

  /** Maximum number of pages per log group; CloudWatch may return many empty pages. */
  private static final int MAX_PAGES = 40;

  /** Maximum page size of CloudWatch, in lines. */
  private static final int PAGE = 10_000;

  /** Size of a log at which a search ends, in characters; more than a report holds. */
  private static final long MAX_CHARACTERS = 6_000_000;

  /** Timeout of a search. */
  private static final Duration SEARCH_TIMEOUT = Duration.ofSeconds(12);

  private final Supplier<CloudWatchLogsClient> logs;
  private final String groupPrefix;

  /**
   * @param groupPrefix prefix of the functions' log groups, such as {@code /aws/lambda/arena-}
   */
  CloudWatchLogSource(Supplier<CloudWatchLogsClient> logs, String groupPrefix) {
    this.logs = logs;
    this.groupPrefix = groupPrefix;
  }

  @Override
  public List<LogLine> lines(RunId runId, Instant from, Instant to, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1: " + limit);
    }
    long deadline = System.nanoTime() + SEARCH_TIMEOUT.toNanos();
    List<LogLine> lines = new ArrayList<>();
    for (String function : FUNCTIONS) {
      // anywhere in the line, because lines about other runs may contain the run id
      FilterLogEventsRequest request =
          FilterLogEventsRequest.builder()
              .logGroupName(groupPrefix + function)
              .filterPattern("\"" + runId + "\"")
              .startTime(from.toEpochMilli())
              .endTime(to.toEpochMilli())
              .limit(Math.min(limit, PAGE))
              .build();
      lines.addAll(lines(function, request, limit, deadline));
    }
    // stable sort: lines with the same time stay in the order of the functions
    lines.sort(Comparator.comparing(LogLine::at));
    return List.copyOf(lines.subList(0, Math.min(limit, lines.size())));
  }

  private List<LogLine> lines(
      String function, FilterLogEventsRequest first, int limit, long deadline) {
    List<LogLine> lines = new ArrayList<>();
    long characters = 0;
    FilterLogEventsRequest request = first;
    for (int pages = 0; pages < MAX_PAGES; pages++) {
      if (System.nanoTime() > deadline) {
        throw Dependency.LOGS.unavailable(
            "searching the log of %s exceeded %s".formatted(function, SEARCH_TIMEOUT), null);
      }
      FilterLogEventsResponse page;
      try {
        page = logs.get().filterLogEvents(request);
      } catch (ResourceNotFoundException _) {
        return lines; // no log group before the first invocation
      } catch (SdkException e) {
        throw Dependency.LOGS.unavailable("cannot read the log of %s".formatted(function), e);
      }
      for (FilteredLogEvent event : page.events()) {
        LogLine line =
            new LogLine(
                Instant.ofEpochMilli(event.timestamp()), function, event.message().stripTrailing());
        lines.add(line);
        characters += line.text().length();
      }
      if (page.nextToken() == null || lines.size() >= limit || characters > MAX_CHARACTERS) {
        return lines;
      }
      request = request.toBuilder().nextToken(page.nextToken()).build();
    }
    throw Dependency.LOGS.unavailable(
        String.format(
            Locale.ROOT, "the log of %s exceeds %d pages in this time range", function, MAX_PAGES),
        null);
  }
}
