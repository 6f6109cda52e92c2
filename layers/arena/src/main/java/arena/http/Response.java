package arena.http;

import arena.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An HTTP response.
 *
 * @param headers names are in lower case
 * @param base64 whether the body is bytes in base64, not text
 */
public record Response(int status, Map<String, String> headers, String body, boolean base64) {
  public Response {
    headers = Map.copyOf(headers);
  }

  /** Creates a JSON response. */
  static Response of(int status, JsonNode json) {
    return ofText(status, Json.write(json));
  }

  /** Creates a response from JSON text. */
  static Response ofText(int status, String json) {
    return of(status, "application/json", json);
  }

  /** Creates a plain-text response. */
  static Response ofPlainText(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text);
  }

  /** Creates a response from bytes in base64. */
  static Response ofBase64(String contentType, String bytes) {
    return of(200, contentType, bytes, true);
  }

  /** Creates a response from text. */
  static Response of(int status, String contentType, String body) {
    return of(status, contentType, body, false);
  }

  private static Response of(int status, String contentType, String body, boolean base64) {
    return new Response(
        status,
        Map.of(
            "content-type", contentType,
            // responses change while a run plays
            "cache-control", "no-store",
            "x-content-type-options", "nosniff"),
        body,
        base64);
  }

  /** Returns a copy with another status. */
  Response withStatus(int other) {
    return new Response(other, headers, body, base64);
  }

  /** Returns a copy with a header, which replaces one of the same name. */
  Response with(String name, String value) {
    Map<String, String> extended = new LinkedHashMap<>(headers);
    extended.put(name, value);
    return new Response(status, extended, body, base64);
  }
}
