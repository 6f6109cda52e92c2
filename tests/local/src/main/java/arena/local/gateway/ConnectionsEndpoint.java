package arena.local.gateway;

import arena.local.iam.Authorizer;
import arena.local.iam.Caller;
import arena.local.iam.ServiceAccess;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The {@code @connections} endpoint: sends to, describes and closes connections. */
public final class ConnectionsEndpoint {
  private static final int CLOSED_NORMALLY = 1000;
  private static final int FORBIDDEN = 403;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String stage;
  private final String prefix;
  private final WebSocketApi api;
  private final Authorizer authorizer;

  ConnectionsEndpoint(String stage, WebSocketApi api, Authorizer authorizer) {
    this.stage = stage;
    prefix = "/" + stage + "/@connections/";
    this.api = api;
    this.authorizer = authorizer;
  }

  /** Returns whether a path belongs to this endpoint; the {@code @} may be escaped. */
  public boolean takes(String rawPath) {
    return decoded(rawPath).startsWith(prefix);
  }

  private static String decoded(String rawPath) {
    try {
      return URLDecoder.decode(rawPath.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return rawPath;
    }
  }

  /** Handles a request, whose body has been read. */
  public void handle(Context context, byte[] body) {
    String id = decoded(context.req().getRequestURI()).substring(prefix.length());
    Optional<String> refusal =
        authorizer.refusal(
            Caller.of(context.header("Authorization")),
            ServiceAccess.connections(api.id(), stage, context.req().getMethod(), id));
    if (refusal.isPresent()) {
      error(context, FORBIDDEN, "AccessDeniedException", refusal.get());
      return;
    }
    Optional<WebSocketConnection> connection = api.find(id);
    if (connection.isEmpty() && !Ids.isValid(id)) {
      error(context, 400, "BadRequestException", "Invalid connectionId: " + id);
      return;
    }
    if (connection.isEmpty()) {
      error(context, 410, "GoneException", "the connection " + id + " is gone");
      return;
    }
    switch (context.req().getMethod()) {
      case "POST" -> post(context, body, connection.get());
      case "GET" -> get(context, connection.get());
      case "DELETE" -> {
        connection.get().close(CLOSED_NORMALLY, "Connection Closed Normally");
        context.status(204);
      }
      default -> error(context, 405, "BadRequestException", "the method is not allowed");
    }
  }

  private static void post(Context context, byte[] body, WebSocketConnection connection) {
    if (body.length > WebSocketApi.MAX_MESSAGE_BYTES) {
      error(
          context,
          413,
          "PayloadTooLargeException",
          "the message is larger than " + WebSocketApi.MAX_MESSAGE_BYTES + " bytes");
      return;
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      error(context, 400, "BadRequestException", "the message is not UTF-8");
      return;
    }
    switch (connection.send(text)) {
      case YES -> context.status(200);
      case GONE ->
          error(context, 410, "GoneException", "the connection " + connection.id() + " is gone");
      case FULL ->
          error(
              context,
              429,
              "LimitExceededException",
              "the connection " + connection.id() + " has too many unread messages");
    }
  }

  private static void get(Context context, WebSocketConnection connection) {
    ObjectNode response = JSON.createObjectNode();
    response.put(
        "connectedAt", connection.connectedAt().truncatedTo(ChronoUnit.SECONDS).toString());
    response
        .putObject("identity")
        .put("sourceIp", connection.sourceIp())
        .put("userAgent", connection.userAgent());
    response.put(
        "lastActiveAt", connection.lastActiveAt().truncatedTo(ChronoUnit.SECONDS).toString());
    context.status(200).contentType("application/json").result(response.toString());
  }

  private static void error(Context context, int status, String type, String message) {
    context
        .status(status)
        .contentType("application/json")
        .header("x-amzn-errortype", type)
        .result(JSON.createObjectNode().put("message", message).toString());
  }
}
