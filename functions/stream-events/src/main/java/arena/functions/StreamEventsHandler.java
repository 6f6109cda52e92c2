package arena.functions;

import arena.access.CallLimits;
import arena.access.Principal;
import arena.access.TooManyCalls;
import arena.broker.ConnectionId;
import arena.codec.Timestamps;
import arena.json.Json;
import arena.metrics.Metric;
import arena.run.RunId;
import arena.runtime.Rehearsal;
import arena.runtime.RehearsedEvents;
import arena.runtime.RehearsedRun;
import arena.runtime.Telemetry;
import arena.stream.FanOut;
import arena.stream.FanOutTask;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams events over WebSockets. Invoked by API Gateway for every client message, and
 * asynchronously with {@code {"run_id"}} after a publish, to send new events to the run's
 * subscribers; with {@code "pending": true} if readers subscribed while the broker was unavailable.
 * {@code {"recover": true}} waits for the broker and wakes the fan-outs of all runs with readers.
 */
@NullMarked
public final class StreamEventsHandler implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(StreamEventsHandler.class);

  /**
   * How long before the Lambda timeout a fan-out hands over. Longer than reading a message from the
   * archive, sending it and storing the cursor, each at its timeout.
   */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int TOO_MANY_REQUESTS = 429;

  /** The route of a new connection. */
  private static final String CONNECT = "$connect";

  private final StreamEventsWiring wiring;
  private final Telemetry telemetry;

  @SuppressWarnings("UnusedVariable") // kept, because the runtime refers to it weakly
  private @Nullable Rehearsal rehearsal;

  /** Called by Lambda. */
  public StreamEventsHandler() {
    this(System.getenv());
    rehearsal =
        Rehearsal.beforeSnapshot(
            System.getenv(),
            StreamEventsHandler::new,
            Rehearsal.Scene.ARCHIVED,
            () ->
                List.of(
                    RehearsedEvents.webSocket("CONNECT", "$connect", ""),
                    RehearsedEvents.webSocket(
                        "MESSAGE",
                        "subscribe",
                        "{\"action\":\"subscribe\",\"run_id\":\"%s\"}".formatted(RehearsedRun.ID)),
                    RehearsedEvents.webSocket("MESSAGE", "ping", "{\"action\":\"ping\"}"),
                    "{\"run_id\":\"%s\"}".formatted(RehearsedRun.ID)));
  }

  /** Creates a handler with the given environment variables. */
  public StreamEventsHandler(Map<String, String> environment) {
    wiring = StreamEventsWiring.of(environment);
    telemetry = wiring.telemetry();
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    JsonNode event = Json.read(new String(input.readAllBytes(), StandardCharsets.UTF_8));
    int status = telemetry.during(context, () -> handle(event, context));
    output.write(("{\"statusCode\":" + status + "}").getBytes(StandardCharsets.UTF_8));
  }

  /** Handles an event and returns the status for API Gateway. */
  private int handle(JsonNode event, Context context) {
    JsonNode request = event.path("requestContext");
    if (event.path("recover").asBoolean()) {
      recover(context);
      return OK;
    }
    if (!request.has("connectionId")) {
      fanOut(event, context);
      return OK;
    }
    ConnectionId connectionId = ConnectionId.of(request.path("connectionId").asText());
    String eventType = request.path("eventType").asText();
    Telemetry.connection(connectionId);
    try {
      switch (eventType) {
        case "CONNECT" -> {
          Optional<Principal> caller = caller(request.path("authorizer"));
          if (caller.isEmpty()) {
            return UNAUTHORIZED;
          }
          wiring.callLimits().get().count(caller.get(), CONNECT, CallLimits.CONNECTIONS);
          wiring.subscriptions().get().connect(connectionId, caller.get());
        }
        case "DISCONNECT" -> wiring.subscriptions().get().disconnect(connectionId);
        default ->
            receive(connectionId, request.path("routeKey").asText(), event.path("body").asText());
      }
      return OK;
    } catch (TooManyCalls _) {
      return TOO_MANY_REQUESTS;
    } catch (RuntimeException e) {
      telemetry.failed(e);
      LOG.atError()
          .addKeyValue("event_type", eventType)
          .setCause(e)
          .log("failed to handle WebSocket event");
      throw e;
    }
  }

  /** The caller that the authorizer found; API Gateway adds fields of other types. */
  private static Optional<Principal> caller(JsonNode authorizer) {
    Map<String, String> context = new HashMap<>();
    authorizer
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isTextual()) {
                context.put(field.getKey(), field.getValue().textValue());
              }
            });
    return Principal.ofContext(context);
  }

  private void receive(ConnectionId connectionId, String route, String message) {
    runId(message).ifPresent(Telemetry::run);
    if (route.equals("subscribe") || route.equals("unsubscribe")) {
      LOG.atInfo().addKeyValue("action", route).log("client message received");
    }
    wiring
        .subscriptions()
        .get()
        .receive(connectionId, message)
        .ifPresent(
            failure -> {
              telemetry.failed(failure);
              LOG.error("failed to handle client message", failure);
            });
  }

  /** Extracts the run id of a message for the log; the message is validated later. */
  private static Optional<RunId> runId(String message) {
    try {
      return RunId.parse(Json.read(message).path("run_id").asText());
    } catch (JsonProcessingException _) {
      return Optional.empty();
    }
  }

  private void recover(Context context) {
    Instant deadline = deadline(Instant.now(), context);
    try {
      wiring.recovery().get().recover(deadline);
    } catch (RuntimeException e) {
      telemetry.failed(e);
      LOG.error("recovery of readers failed", e);
      throw e;
    }
  }

  /** When an invocation must hand over to its successor. */
  private static Instant deadline(Instant now, Context context) {
    Instant deadline = now.plusMillis(context.getRemainingTimeInMillis()).minus(MARGIN);
    if (!now.isBefore(deadline)) {
      // would hand over immediately, in an endless loop
      throw new IllegalStateException("the remaining time must exceed " + MARGIN);
    }
    return deadline;
  }

  private void fanOut(JsonNode event, Context context) {
    RunId runId =
        RunId.parse(event.path("run_id").asText())
            .orElseThrow(
                () -> new IllegalArgumentException("neither a WebSocket event nor {\"run_id\"}"));
    Telemetry.run(runId);
    Instant now = Instant.now();
    Instant wokenAt = event.has("woken_at") ? Timestamps.read(event.get("woken_at").asText()) : now;
    Instant deadline = deadline(now, context);
    try {
      boolean pending = event.path("pending").asBoolean();
      FanOut.Result sent =
          wiring.fanOut().get().serve(new FanOutTask(runId, wokenAt, deadline, pending));
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
