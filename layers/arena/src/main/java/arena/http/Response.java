package arena.http;

import arena.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An HTTP response with a JSON or plain-text body.
 *
 * @param headers names are in lower case
 */
public record Response(int status, Map<String, String> headers, String body) {
  public Response {
    headers = Map.copyOf(headers);
  }

  /** Prepares the writing of responses, for a function's snapshot. */
  public static void prepare() {
    Json.prepare(
        List.of(
            RunJson.Run.class,
            RunJson.Row.class,
            RunJson.Summary.class,
            TicketRoutes.CreatedTicket.class,
            ErrorResponses.Body.class));
  }

  /** Creates a JSON response; see {@link Json#write}. */
  static Response of(int status, Object value) {
    return ofText(status, Json.write(value));
  }

  /** Creates a response from JSON text. */
  static Response ofText(int status, String json) {
    return of(status, "application/json", json);
  }

  /** Creates a plain-text response. */
  static Response ofPlainText(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text);
  }

  private static Response of(int status, String contentType, String body) {
    return new Response(
        status,
        Map.of(
            "content-type", contentType,
            // responses change while a run plays
            "cache-control", "no-store",
            "x-content-type-options", "nosniff"),
        body);
  }

  /** Returns a copy with an additional header. */
  Response with(String name, String value) {
    Map<String, String> extended = new LinkedHashMap<>(headers);
    extended.put(name, value);
    return new Response(status, extended, body);
  }
}
