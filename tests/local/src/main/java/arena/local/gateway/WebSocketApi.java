package arena.local.gateway;

import arena.local.clock.StackClock;
import arena.local.lambda.FunctionHost;
import arena.local.lambda.Invocation;
import arena.local.lambda.InvokeFault;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.websocket.WsContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/**
 * A WebSocket API: routes the messages of clients to functions. Messages of one connection are
 * handled in order.
 */
final class WebSocketApi {
  /** Largest message in either direction, in bytes. */
  static final int MAX_MESSAGE_BYTES = 128 * 1024;

  /** Largest frame, in bytes. */
  static final int MAX_FRAME_BYTES = 32 * 1024;

  private static final int MAX_CONNECTIONS = 2_000;
  private static final Duration UPGRADE_PATIENCE = Duration.ofSeconds(30);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);
  private static final String PEER = "arena.peer";
  private static final int UNSUPPORTED_DATA = 1003;
  private static final int GOING_AWAY = 1001;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final WebSocketApiDefinition definition;
  private final FunctionHost host;
  private final Authorization authorization;
  private final StackClock clock;
  private final Optional<AccessLog> log;
  private final Optional<TokenBucket> bucket;
  private final Map<String, WebSocketConnection> connections = new ConcurrentHashMap<>();
  private final Map<String, StackClock.Timer> upgrading = new ConcurrentHashMap<>();

  /** Returns the API's id. */
  String id() {
    return definition.apiId();
  }

  WebSocketApi(
      WebSocketApiDefinition definition,
      FunctionHost host,
      Authorization authorization,
      StackClock clock,
      Optional<AccessLog> log) {
    this.definition = definition;
    this.host = host;
    this.authorization = authorization;
    this.clock = clock;
    this.log = log;
    bucket = definition.throttle().map(throttle -> new TokenBucket(throttle, clock));
  }

  /** Returns an open connection by its id. */
  Optional<WebSocketConnection> find(String connectionId) {
    return Optional.ofNullable(connections.get(connectionId));
  }

  // ---- connecting

  /** Invokes the function of {@code $connect} before the upgrade; it may reject the connection. */
  void connecting(Context context) throws IOException {
    String id = Ids.request();
    Instant at = clock.now();
    WebSocketEvent.Peer peer =
        new WebSocketEvent.Peer(
            id,
            at,
            definition.apiId(),
            definition.stage(),
            Optional.ofNullable(context.host()).orElse("localhost"),
            context.req().getRemoteAddr(),
            Optional.ofNullable(context.userAgent()).orElse(""),
            Optional.empty());
    String requestId = Ids.request();
    int status;
    if (connections.size() + upgrading.size() >= MAX_CONNECTIONS || !admits()) {
      status = 429;
    } else {
      ObjectNode event =
          WebSocketEvent.connect(peer, requestId, at, headers(context), query(context));
      Optional<AuthorizerDefinition> authorizer =
          Optional.ofNullable(definition.routes().get("$connect"))
              .flatMap(WebSocketApiDefinition.Route::authorizer);
      if (authorizer.isEmpty()) {
        status = connectStatus(peer, event, requestId);
      } else {
        status =
            switch (authorization.webSocket(authorizer.get(), event, connectArn())) {
              case Authorization.Decision.Refused(int refused) -> refused;
              case Authorization.Decision.Allowed(ObjectNode caller) -> {
                peer = peer.with(caller);
                event.withObject("/requestContext").set("authorizer", caller.deepCopy());
                yield connectStatus(peer, event, requestId);
              }
            };
      }
    }
    if (status >= 200 && status < 300) {
      context.attribute(PEER, peer);
      WebSocketEvent.Peer connected = peer;
      upgrading.put(id, clock.after(UPGRADE_PATIENCE, () -> notOpened(connected)));
      return;
    }
    String message =
        switch (status) {
          case 401 -> "Unauthorized";
          case 403 -> "Forbidden";
          case 429 -> "Too Many Requests";
          default -> "Internal server error";
        };
    ObjectNode body = JSON.createObjectNode().put("message", message);
    body.put("connectionId", id).put("requestId", requestId);
    context.status(status).contentType("application/json");
    context.res().getOutputStream().write(body.toString().getBytes(StandardCharsets.UTF_8));
    context.skipRemainingHandlers();
  }

  private String connectArn() {
    return "arn:aws:execute-api:us-east-1:000000000000:%s/%s/$connect"
        .formatted(definition.apiId(), definition.stage());
  }

  private int connectStatus(WebSocketEvent.Peer peer, ObjectNode event, String requestId) {
    WebSocketApiDefinition.Route route = definition.routes().get("$connect");
    if (route == null) {
      return 200;
    }
    Optional<String> response = invoke(route, event, peer, requestId, "$connect");
    if (response.isEmpty()) {
      return 500;
    }
    try {
      int status = JSON.readTree(response.get()).path("statusCode").asInt(200);
      return status >= 200 && status < 600 ? status : 500;
    } catch (JsonProcessingException e) {
      return 500;
    }
  }

  private void notOpened(WebSocketEvent.Peer peer) {
    if (upgrading.remove(peer.connectionId()) != null) {
      disconnected(peer, 1006, "Connection was never opened");
    }
  }

  private static Map<String, List<String>> headers(Context context) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String name : Collections.list(context.req().getHeaderNames())) {
      headers.put(name, Collections.list(context.req().getHeaders(name)));
    }
    headers.put("X-Amzn-Trace-Id", List.of(Ids.trace()));
    headers.put("X-Forwarded-For", List.of(context.req().getRemoteAddr()));
    headers.put("X-Forwarded-Port", List.of(Integer.toString(context.req().getLocalPort())));
    headers.put("X-Forwarded-Proto", List.of("http"));
    return headers;
  }

  private static Map<String, List<String>> query(Context context) {
    Map<String, List<String>> query = new LinkedHashMap<>(context.queryParamMap());
    query.values().removeIf(List::isEmpty);
    return query;
  }

  // ---- connected

  /** Called when the connection is open. */
  void opened(WsContext context) {
    WebSocketEvent.Peer peer = peer(context);
    WebSocketConnection connection =
        new WebSocketConnection(
            peer.connectionId(), peer.sourceIp(), peer.userAgent(), context.session, clock);
    connections.put(peer.connectionId(), connection);
    StackClock.Timer timeout = upgrading.remove(peer.connectionId());
    if (timeout != null) {
      timeout.cancel();
    }
    connection.opened();
  }

  /** Handles a message of the client. */
  void message(WsContext context, String text) {
    Optional<WebSocketConnection> connection = connection(context);
    if (connection.isEmpty()) {
      return;
    }
    connection.get().received();
    WebSocketEvent.Peer peer = peer(context);
    String requestId = Ids.request();
    String key = key(text);
    if (!admits()) {
      sendError(connection.get(), requestId, "Too Many Requests");
      return;
    }
    WebSocketApiDefinition.Route route = definition.routes().get(key);
    if (route == null) {
      sendError(connection.get(), requestId, "Forbidden");
      return;
    }
    ObjectNode event = WebSocketEvent.message(peer, requestId, clock.now(), key, text);
    if (invoke(route, event, peer, requestId, key).isEmpty()) {
      sendError(connection.get(), requestId, "Internal server error");
    }
  }

  /** Returns the route key in a message, or {@code $default}. */
  private String key(String text) {
    try {
      JsonNode action = JSON.readTree(text).path(definition.selector());
      String key = action.isValueNode() ? action.asText() : "";
      return definition.routes().containsKey(key) && !key.startsWith("$") ? key : "$default";
    } catch (JsonProcessingException e) {
      return "$default";
    }
  }

  private static void sendError(WebSocketConnection connection, String requestId, String message) {
    ObjectNode error = JSON.createObjectNode().put("message", message);
    error.put("connectionId", connection.id()).put("requestId", requestId);
    WebSocketConnection.Accepted accepted = connection.send(error.toString());
    if (accepted == WebSocketConnection.Accepted.FULL) {
      connection.close(GOING_AWAY, "Too many unread messages");
    }
  }

  /** Handles a binary message, which these APIs do not support. */
  void binary(WsContext context) {
    connection(context)
        .ifPresent(open -> open.close(UNSUPPORTED_DATA, "Binary frames are not supported"));
  }

  /** Called when the connection is closed by either side. */
  void closed(WsContext context, int status, String reason) {
    WebSocketEvent.Peer peer = peer(context);
    WebSocketConnection connection = connections.remove(peer.connectionId());
    if (connection == null) {
      return;
    }
    try {
      disconnected(peer, status, reason == null ? "" : reason);
    } finally {
      connection.ended();
    }
  }

  private void disconnected(WebSocketEvent.Peer peer, int status, String reason) {
    WebSocketApiDefinition.Route route = definition.routes().get("$disconnect");
    if (route != null) {
      String requestId = Ids.request();
      ObjectNode event = WebSocketEvent.disconnect(peer, requestId, clock.now(), status, reason);
      invoke(route, event, peer, requestId, "$disconnect");
    }
  }

  /** Invokes a function and returns its response, or nothing if it failed. */
  private Optional<String> invoke(
      WebSocketApiDefinition.Route route,
      ObjectNode event,
      WebSocketEvent.Peer peer,
      String requestId,
      String key) {
    Map<String, String> record = new HashMap<>();
    record.put("requestId", requestId);
    record.put("requestTime", HttpEvent.time(clock.now()));
    record.put("identity.sourceIp", peer.sourceIp());
    record.put("connectionId", peer.connectionId());
    record.put("eventType", event.at("/requestContext/eventType").asText());
    record.put("routeKey", key);
    long start = System.nanoTime();
    try {
      Invocation invocation = host.invoke(route.function(), event.toString(), route.timeout());
      if (invocation.functionError().isEmpty()) {
        record.put("status", "200");
        return Optional.of(invocation.payload());
      }
      record.put("integrationErrorMessage", "the function failed");
    } catch (TimeoutException e) {
      record.put("integrationErrorMessage", "the function timed out after " + route.timeout());
    } catch (InvokeFault e) {
      record.put("integrationErrorMessage", String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      record.put("integrationErrorMessage", "interrupted");
    } finally {
      record.put(
          "integrationLatency",
          Long.toString(Duration.ofNanos(System.nanoTime() - start).toMillis()));
      record.putIfAbsent("status", "500");
      log.ifPresent(file -> file.write(record));
    }
    return Optional.empty();
  }

  private boolean admits() {
    return bucket.isEmpty() || bucket.get().take();
  }

  private Optional<WebSocketConnection> connection(WsContext context) {
    return find(peer(context).connectionId());
  }

  private static WebSocketEvent.Peer peer(WsContext context) {
    WebSocketEvent.Peer peer = context.attribute(PEER);
    if (peer == null) {
      throw new IllegalStateException("the connection has no $connect");
    }
    return peer;
  }

  /** Closes all connections and waits briefly for their functions. */
  void close() {
    List<WebSocketConnection> open = List.copyOf(connections.values());
    open.forEach(connection -> connection.close(GOING_AWAY, "Going away"));
    long end = System.nanoTime() + CLOSE_PATIENCE.toNanos();
    try {
      for (WebSocketConnection connection : open) {
        connection.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
