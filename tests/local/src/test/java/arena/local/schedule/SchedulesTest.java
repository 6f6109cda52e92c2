package arena.local.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.clock.ManualClock;
import arena.local.lambda.FunctionDefinition;
import arena.local.lambda.FunctionHost;
import arena.local.log.LogFile;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SchedulesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path logs;
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-31T12:00:00Z"));
  private FunctionHost host;
  private LogFile log;

  /** Records the events that it is invoked with. */
  public static final class Recorder implements RequestStreamHandler {
    static final BlockingQueue<JsonNode> EVENTS = new LinkedBlockingQueue<>();

    public Recorder(Map<String, String> environment) {}

    @Override
    public void handleRequest(InputStream in, OutputStream out, Context context)
        throws IOException {
      EVENTS.add(JSON.readTree(in));
      out.write('1');
    }
  }

  @BeforeEach
  void startHost() {
    Recorder.EVENTS.clear();
    log = new LogFile(logs.resolve("stack.log"));
    host =
        new FunctionHost(
            List.of(
                new FunctionDefinition(
                    "recorder",
                    Recorder.class.getName(),
                    logs,
                    Map.of(),
                    Duration.ofSeconds(5),
                    512,
                    512,
                    FunctionDefinition.Background.DEFAULT)),
            logs,
            clock,
            4);
  }

  @AfterEach
  void stopHost() {
    host.close();
    log.close();
  }

  private Schedules start(String rate) {
    return Schedules.start(
        List.of(new ScheduleDefinition("reaper", ScheduleRate.parse(rate), "recorder")),
        host,
        clock,
        "us-east-1",
        "000000000000",
        log);
  }

  private static JsonNode event() throws InterruptedException {
    JsonNode event = Recorder.EVENTS.poll(10, TimeUnit.SECONDS);
    assertTrue(event != null, "not invoked within 10 s");
    return event;
  }

  @Test
  void invokesTheFunctionAtEveryInterval() throws Exception {
    Schedules schedules = start("rate(15 minutes)");
    clock.advance(Duration.ofMinutes(14));
    assertEquals(1, clock.scheduledTasks());
    assertNull(Recorder.EVENTS.poll());
    clock.advance(Duration.ofMinutes(1));
    JsonNode event = event();
    assertEquals("Scheduled Event", event.get("detail-type").asText());
    assertEquals("aws.events", event.get("source").asText());
    assertEquals("2026-01-31T12:15:00Z", event.get("time").asText());
    assertEquals(
        "arn:aws:events:us-east-1:000000000000:rule/reaper",
        event.get("resources").get(0).asText());
    assertTrue(event.get("detail").isObject());
    clock.advance(Duration.ofMinutes(30));
    event();
    event();

    schedules.close();
    clock.advance(Duration.ofHours(1));
    assertEquals(0, clock.scheduledTasks());
    assertNull(Recorder.EVENTS.poll());
  }
}
