package arena.local.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** {@code @connections}: what functions send to, ask of, and close connections with. */
final class ConnectionsEndpoint {
  private static final int CLOSED_NORMALLY = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String prefix;
  private final WebSocketApi api;

  ConnectionsEndpoint(String stage, WebSocketApi api) {
    prefix = "/" + stage + "/@connections/";
    this.api = api;
  }

  /** Whether a request is for this endpoint; a client may or may not escape the {@code @}. */
  boolean takes(String rawPath) {
    return decoded(rawPath).startsWith(prefix);
  }

  private static String decoded(String rawPath) {
    try {
      return URLDecoder.decode(rawPath.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return rawPath;
    }
  }

  /** Answers a request. */
  void handle(Context context) throws IOException {
    String id = decoded(context.req().getRequestURI()).substring(prefix.length());
    Optional<WebSocketConnection> connection = api.find(id);
    if (connection.isEmpty()) {
      fault(context, 410, "GoneException", "the connection " + id + " is gone");
      return;
    }
    switch (context.req().getMethod()) {
      case "POST" -> post(context, connection.get());
      case "GET" -> get(context, connection.get());
      case "DELETE" -> {
        connection.get().close(CLOSED_NORMALLY, "Connection Closed Normally");
        context.status(204);
      }
      default -> fault(context, 405, "BadRequestException", "the method is not allowed");
    }
  }

  private static void post(Context context, WebSocketConnection connection) throws IOException {
    byte[] body = context.req().getInputStream().readNBytes(WebSocketApi.MAX_MESSAGE_BYTES + 1);
    if (body.length > WebSocketApi.MAX_MESSAGE_BYTES) {
      fault(
          context,
          413,
          "PayloadTooLargeException",
          "a message of more than " + WebSocketApi.MAX_MESSAGE_BYTES + " bytes");
      return;
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      fault(context, 400, "BadRequestException", "the message is not UTF-8");
      return;
    }
    switch (connection.send(text)) {
      case YES -> context.status(200);
      case GONE ->
          fault(context, 410, "GoneException", "the connection " + connection.id() + " is gone");
      case FULL ->
          fault(
              context,
              429,
              "LimitExceededException",
              "the connection " + connection.id() + " does not read what it was sent");
    }
  }

  private static void get(Context context, WebSocketConnection connection) {
    ObjectNode answer = JSON.createObjectNode();
    answer.put("connectedAt", connection.connectedAt().truncatedTo(ChronoUnit.SECONDS).toString());
    answer
        .putObject("identity")
        .put("sourceIp", connection.sourceIp())
        .put("userAgent", connection.userAgent());
    answer.put(
        "lastActiveAt", connection.lastActiveAt().truncatedTo(ChronoUnit.SECONDS).toString());
    context.status(200).contentType("application/json").result(answer.toString());
  }

  private static void fault(Context context, int status, String type, String message) {
    context
        .status(status)
        .contentType("application/json")
        .header("x-amzn-errortype", type)
        .result(JSON.createObjectNode().put("message", message).toString());
  }
}
