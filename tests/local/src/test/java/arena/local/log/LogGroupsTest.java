package arena.local.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.aws.AwsEndpoint;
import arena.local.clock.ManualClock;
import arena.local.lambda.FunctionHost;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/** The API with the SDK's client. */
final class LogGroupsTest {
  private static final Instant BEGIN = Instant.parse("2026-01-31T12:00:00Z");
  private static final String GROUP = "/aws/lambda/arena-replay-turn";
  private static final int FILE_BYTES = 20_000;

  @TempDir Path folder;
  private LogFile log;
  private FunctionHost host;
  private AwsEndpoint endpoint;
  private CloudWatchLogsClient client;

  @BeforeEach
  void start() {
    host = new FunctionHost(List.of(), folder, new ManualClock(BEGIN), 1);
    endpoint = AwsEndpoint.start();
    serve();
    client =
        CloudWatchLogsClient.builder()
            .endpointOverride(endpoint.uri())
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "body")))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
  }

  private void serve() {
    log = new LogFile(folder.resolve("arena-replay-turn.log"), FILE_BYTES);
    endpoint.serve(
        host, Map.of(LogGroups.TARGET_PREFIX, new LogGroups(Map.of("arena-replay-turn", log))));
  }

  @AfterEach
  void stop() {
    client.close();
    endpoint.close();
    host.close();
    log.close();
  }

  /** Writes a line of a function, this many seconds after the start. */
  private void write(int second, String runId) {
    log.line(
        String.format(
            Locale.ROOT,
            "{\"timestamp\":\"%s\",\"level\":\"INFO\",\"message\":\"turn played\",\"run_id\":\"%s\"}",
            BEGIN.plusSeconds(second),
            runId));
  }

  private static FilterLogEventsRequest.Builder question() {
    return FilterLogEventsRequest.builder().logGroupName(GROUP);
  }

  private List<Long> seconds(FilterLogEventsRequest question) {
    return client.filterLogEventsPaginator(question).events().stream()
        .map(event -> (event.timestamp() - BEGIN.toEpochMilli()) / 1000)
        .toList();
  }

  @Test
  void findsLinesByContentAndTime() {
    for (int i = 0; i < 10; i++) {
      write(i, i % 2 == 0 ? "even" : "odd");
    }
    assertEquals(List.of(0L, 2L, 4L, 6L, 8L), seconds(question().filterPattern("even").build()));
    assertEquals(
        List.of(1L, 3L, 5L, 7L, 9L),
        seconds(
            question().filterPattern("{ $.run_id = \"odd\" && $.level != \"ERROR\" }").build()));
    assertEquals(
        List.of(1L, 3L),
        seconds(
            question()
                .filterPattern("\"turn played\" -even")
                .startTime(BEGIN.plusSeconds(1).toEpochMilli())
                .endTime(BEGIN.plusSeconds(3).toEpochMilli())
                .build()));
    FilteredLogEvent first = client.filterLogEvents(question().build()).events().getFirst();
    assertEquals(BEGIN.toEpochMilli(), first.timestamp());
    assertTrue(first.message().contains("\"run_id\":\"even\""), first.message());
  }

  @Test
  void pagesAreConsistentWhileTheLogIsWrittenAndRotated() {
    for (int i = 0; i < 200; i++) {
      write(i, "r");
    }
    FilterLogEventsRequest question = question().limit(7).build();
    List<Long> times = new ArrayList<>();
    FilterLogEventsResponse page = client.filterLogEvents(question);
    int written = 200;
    for (int pages = 0; pages < 1_000; pages++) {
      page.events().forEach(event -> times.add(event.timestamp()));
      assertTrue(page.events().size() <= 7);
      if (page.nextToken() == null) {
        break;
      }
      if (written < 300) {
        write(written++, "r");
      }
      page = client.filterLogEvents(question.toBuilder().nextToken(page.nextToken()).build());
    }
    for (int i = 0; i < times.size(); i++) {
      assertEquals(BEGIN.plusSeconds(i).toEpochMilli(), times.get(i), "line " + i);
    }
    assertTrue(times.size() > 200, times.size() + " lines");
  }

  @Test
  void findsLinesFromBeforeARestart() {
    write(0, "before");
    log.close();
    serve();
    write(1, "after");
    assertEquals(List.of(0L, 1L), seconds(question().build()));
  }

  @Test
  void limitsTheSizeOfTheLog() {
    for (int i = 0; i < 5_000; i++) {
      write(i, "r");
    }
    List<Long> kept = seconds(question().build());
    assertEquals(4_999L, kept.getLast());
    assertTrue(kept.size() < 3 * FILE_BYTES / 80, kept.size() + " lines");
  }

  @Test
  void assignsALineWithoutATimeToThePreviousOne() {
    write(3, "r");
    log.line("java.lang.OutOfMemoryError: Java heap space");
    log.line(
        String.format(
            Locale.ROOT,
            "{\"_aws\":{\"Timestamp\":%d,\"CloudWatchMetrics\":[]}}",
            BEGIN.plusSeconds(5).toEpochMilli()));
    log.line(
        String.format(
            Locale.ROOT,
            "{\"time\":\"%s\",\"type\":\"platform.report\",\"record\":{\"status\":\"timeout\"}}",
            BEGIN.plusSeconds(6)));
    assertEquals(List.of(3L, 3L, 5L, 6L), seconds(question().build()));
    assertEquals(
        List.of(6L),
        seconds(
            question()
                .filterPattern("{ $.type = \"platform.report\" && $.record.status = \"timeout\" }")
                .build()));
  }

  @Test
  void rejectsUnsupportedRequestsByName() {
    assertThrows(
        ResourceNotFoundException.class,
        () -> client.filterLogEvents(request -> request.logGroupName("/aws/lambda/missing")));
    for (FilterLogEventsRequest bad :
        List.of(
            question().filterPattern("{ $.run_id").build(),
            question().filterPattern("[a, b]").build(),
            question().filterPattern("{ $.t > 5 }").build(),
            question().limit(10_001).build(),
            question().nextToken("none of ours").build(),
            question().logStreamNames("one").build())) {
      assertThrows(
          InvalidParameterException.class, () -> client.filterLogEvents(bad), bad::toString);
    }
    assertNull(client.filterLogEvents(question().build()).nextToken());
  }
}
