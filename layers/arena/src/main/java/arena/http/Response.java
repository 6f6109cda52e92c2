package arena.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An HTTP response with a JSON or plain-text body.
 *
 * @param headers names are in lower case
 */
public record Response(int status, Map<String, String> headers, String body) {
  private static final JsonFactory JSON = new JsonFactory();

  public Response {
    headers = Map.copyOf(headers);
  }

  /** Writes a JSON value. */
  @FunctionalInterface
  interface JsonBody {
    void write(JsonGenerator out) throws IOException;
  }

  /** Creates a JSON response. */
  static Response of(int status, JsonBody value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      value.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return ofText(status, text.toString());
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
