package arena.local.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Creates the events that a WebSocket API sends to functions. */
final class WebSocketEvent {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The type of an event. */
  enum Type {
    CONNECT,
    MESSAGE,
    DISCONNECT
  }

  /**
   * A client with its connection.
   *
   * @param domainName host and port of the client's request
   * @param caller the authorizer's context, which all events of the connection have
   */
  record Peer(
      String connectionId,
      Instant connectedAt,
      String apiId,
      String stage,
      String domainName,
      String sourceIp,
      String userAgent,
      Optional<ObjectNode> caller) {
    Peer with(ObjectNode authorized) {
      return new Peer(
          connectionId,
          connectedAt,
          apiId,
          stage,
          domainName,
          sourceIp,
          userAgent,
          Optional.of(authorized));
    }
  }

  private WebSocketEvent() {}

  static ObjectNode connect(
      Peer peer,
      String requestId,
      Instant at,
      Map<String, List<String>> headers,
      Map<String, List<String>> query) {
    ObjectNode event = JSON.createObjectNode();
    multiple(event, "headers", "multiValueHeaders", headers);
    if (!query.isEmpty()) {
      multiple(event, "queryStringParameters", "multiValueQueryStringParameters", query);
    }
    context(event, peer, requestId, at, "$connect", Type.CONNECT);
    event.put("isBase64Encoded", false);
    return event;
  }

  static ObjectNode message(Peer peer, String requestId, Instant at, String routeKey, String body) {
    ObjectNode event = JSON.createObjectNode();
    context(event, peer, requestId, at, routeKey, Type.MESSAGE);
    event.put("body", body).put("isBase64Encoded", false);
    return event;
  }

  static ObjectNode disconnect(Peer peer, String requestId, Instant at, int status, String reason) {
    ObjectNode event = JSON.createObjectNode();
    multiple(
        event,
        "headers",
        "multiValueHeaders",
        Map.of(
            "Host",
            List.of(peer.domainName()),
            "x-api-key",
            List.of(""),
            "x-restapi",
            List.of("")));
    ObjectNode context = context(event, peer, requestId, at, "$disconnect", Type.DISCONNECT);
    context.put("disconnectStatusCode", status).put("disconnectReason", reason);
    event.put("isBase64Encoded", false);
    return event;
  }

  private static ObjectNode context(
      ObjectNode event, Peer peer, String requestId, Instant at, String routeKey, Type type) {
    ObjectNode context = event.putObject("requestContext");
    context.put("routeKey", routeKey).put("eventType", type.name());
    if (type == Type.MESSAGE) {
      context.put("messageId", Ids.request());
    }
    context.put("extendedRequestId", requestId).put("requestTime", HttpEvent.time(at));
    context.put("messageDirection", "IN").put("stage", peer.stage());
    context.put("connectedAt", peer.connectedAt().toEpochMilli());
    context.put("requestTimeEpoch", at.toEpochMilli());
    ObjectNode identity = context.putObject("identity").put("sourceIp", peer.sourceIp());
    if (type == Type.CONNECT && !peer.userAgent().isEmpty()) {
      identity.put("userAgent", peer.userAgent());
    }
    peer.caller().ifPresent(caller -> context.set("authorizer", caller.deepCopy()));
    context.put("requestId", requestId).put("domainName", peer.domainName());
    context.put("connectionId", peer.connectionId()).put("apiId", peer.apiId());
    return context;
  }

  /** Adds the last value of each name to one object, and all values to another. */
  private static void multiple(
      ObjectNode event, String single, String multiple, Map<String, List<String>> values) {
    ObjectNode last = event.putObject(single);
    ObjectNode all = event.putObject(multiple);
    values.forEach(
        (name, list) -> {
          last.put(name, list.getLast());
          list.forEach(all.withArray(name)::add);
        });
  }
}
