package arena.runtime;

import arena.access.Principal;
import arena.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Events for a {@link Rehearsal}, with the fields that handlers read. */
public final class RehearsedEvents {
  private static final String STAGE = "rehearsal";

  /** Characters of a secret in a token or a ticket. */
  private static final int SECRET_CHARACTERS = 43;

  private RehearsedEvents() {}

  /** Returns a request without parameters. */
  public static String post(String path, String body) {
    return request("POST " + path, Map.of(), Map.of(), body);
  }

  /**
   * Returns a request that reads.
   *
   * @param path the route's, such as {@code /runs/{run_id}}
   */
  public static String get(String path, Map<String, String> parameters, Map<String, String> query) {
    return request("GET " + path, parameters, query, "");
  }

  private static String request(
      String route, Map<String, String> parameters, Map<String, String> query, String body) {
    String method = route.substring(0, route.indexOf(' '));
    ObjectNode event = Json.object();
    event.put("routeKey", route);
    event.put("rawPath", route.substring(method.length() + 1));
    event.putObject("headers").put("content-type", "application/json").put("host", "localhost");
    parameters.forEach(event.putObject("pathParameters")::put);
    query.forEach(event.putObject("queryStringParameters")::put);
    event
        .putObject("requestContext")
        .put("stage", "$default")
        .putObject("http")
        .put("method", method);
    ObjectNode caller = ((ObjectNode) event.get("requestContext")).putObject("authorizer");
    Principal.LOCAL.toContext().forEach(caller.putObject("lambda")::put);
    event.put("body", body);
    event.put("isBase64Encoded", false);
    return Json.write(event);
  }

  /** Returns an event of the HTTP API's authorizer, with a token that does not exist. */
  public static String authorizeToken() {
    ObjectNode event = Json.object();
    event
        .putObject("headers")
        .put("authorization", "Bearer arena_aaaaaaaa_" + "A".repeat(SECRET_CHARACTERS));
    return Json.write(event);
  }

  /** Returns an event of the WebSocket API's authorizer, with a ticket that does not exist. */
  public static String authorizeTicket() {
    ObjectNode event = Json.object().put("methodArn", "arn:aws:execute-api:rehearsal");
    event
        .putObject("queryStringParameters")
        .put("ticket", "ticket_" + "A".repeat(SECRET_CHARACTERS));
    return Json.write(event);
  }

  /** Returns an event of a WebSocket connection. */
  public static String webSocket(String type, String route, String body) {
    ObjectNode event = Json.object();
    event
        .putObject("requestContext")
        .put("eventType", type)
        .put("routeKey", route)
        .put("connectionId", "cmVoZWFyc2Fs=")
        .put("stage", STAGE);
    event.put("body", body);
    return Json.write(event);
  }
}
