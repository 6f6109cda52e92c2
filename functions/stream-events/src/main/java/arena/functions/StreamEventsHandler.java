package arena.functions;

import arena.codec.Timestamps;
import arena.metrics.Metric;
import arena.run.RunId;
import arena.runtime.Telemetry;
import arena.stream.FanOut;
import arena.stream.FanOutTask;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams events over WebSockets. API Gateway invokes it for every message of a client; a publish
 * invokes it, asynchronously, with {@code {"run_id"}}, to send what is new to whoever subscribes to
 * the run.
 */
public final class StreamEventsHandler implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(StreamEventsHandler.class);
  private static final JsonMapper MAPPER = new JsonMapper();

  /**
   * A fan-out hands over this long before Lambda would end it: longer than a message takes that is
   * read from the archive, sent and noted, each at its time-out.
   */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private final StreamEventsWiring wiring;
  private final Telemetry telemetry;

  /** As Lambda makes it. */
  public StreamEventsHandler() {
    this(System.getenv());
  }

  /** With this environment. */
  public StreamEventsHandler(Map<String, String> environment) {
    wiring = StreamEventsWiring.of(environment);
    telemetry = wiring.telemetry();
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    JsonNode event = MAPPER.readTree(input);
    telemetry.during(
        context,
        () -> {
          handle(event, context);
          return null;
        });
    output.write("{\"statusCode\":200}".getBytes(StandardCharsets.UTF_8));
  }

  private void handle(JsonNode event, Context context) {
    JsonNode request = event.path("requestContext");
    if (!request.has("connectionId")) {
      fanOut(event, context);
      return;
    }
    String connectionId = request.path("connectionId").asText();
    String eventType = request.path("eventType").asText();
    Telemetry.connection(connectionId);
    try {
      switch (eventType) {
        case "CONNECT" -> wiring.subscriptions().get().connect(connectionId);
        case "DISCONNECT" -> wiring.subscriptions().get().disconnect(connectionId);
        default ->
            receive(connectionId, request.path("routeKey").asText(), event.path("body").asText());
      }
    } catch (RuntimeException e) {
      telemetry.failed(e);
      LOG.error("{} of connection {} failed", eventType, connectionId, e);
      throw e;
    }
  }

  private void receive(String connectionId, String route, String message) {
    asked(message).ifPresent(Telemetry::run);
    if (route.equals("subscribe") || route.equals("unsubscribe")) {
      LOG.info("{} by connection {}", route, connectionId);
    }
    wiring
        .subscriptions()
        .get()
        .receive(connectionId, message)
        .ifPresent(
            why -> {
              telemetry.failed(why);
              LOG.error("message not served", why);
            });
  }

  /** The run that a message is about, for the log alone; whether it is a good one shows later. */
  private static Optional<String> asked(String message) {
    try {
      return Optional.of(MAPPER.readTree(message).path("run_id").asText()).filter(RunId::isValid);
    } catch (JsonProcessingException _) {
      return Optional.empty();
    }
  }

  private void fanOut(JsonNode event, Context context) {
    String runId = event.path("run_id").asText();
    if (!RunId.isValid(runId)) {
      throw new IllegalArgumentException("neither a WebSocket's event nor {\"run_id\"} of a run");
    }
    Telemetry.run(runId);
    Instant now = Instant.now();
    Instant wokenAt = event.has("woken_at") ? Timestamps.read(event.get("woken_at").asText()) : now;
    Instant deadline = now.plusMillis(context.getRemainingTimeInMillis()).minus(MARGIN);
    if (!now.isBefore(deadline)) {
      // It would do nothing but hand over, for ever.
      throw new IllegalStateException("a fan-out needs more time than " + MARGIN);
    }
    try {
      FanOut.Sent sent = wiring.fanOut().get().serve(new FanOutTask(runId, wokenAt, deadline));
      if (sent.events() > 0 || sent.streamsDropped() > 0) {
        LOG.info(
            "events sent to readers",
            telemetry.field(Metric.EVENTS_STREAMED),
            telemetry.field(Metric.STREAMS_DROPPED),
            telemetry.field(Metric.FAN_OUT_LAG));
      }
    } catch (RuntimeException e) {
      telemetry.failed(e);
      LOG.error("fan-out failed", e);
      throw e;
    }
  }
}
