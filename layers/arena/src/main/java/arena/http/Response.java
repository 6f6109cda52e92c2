package arena.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer: JSON, or text where that was asked for, with a status and headers.
 *
 * @param headers names in lower case
 * @param body as text
 */
public record Response(int status, Map<String, String> headers, String body) {
  private static final JsonFactory JSON = new JsonFactory();

  public Response {
    headers = Map.copyOf(headers);
  }

  /** What writes a JSON value. */
  @FunctionalInterface
  interface Body {
    void write(JsonGenerator out) throws IOException;
  }

  /** Writes an answer of one JSON value. */
  static Response of(int status, Body value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      value.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return ofText(status, text.toString());
  }

  /** An answer of this JSON text. */
  static Response ofText(int status, String json) {
    return of(status, "application/json", json);
  }

  /** An answer for a terminal. */
  static Response ofPlainText(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text);
  }

  private static Response of(int status, String contentType, String body) {
    return new Response(
        status,
        Map.of(
            "content-type", contentType,
            // what a run's readers see changes from call to call
            "cache-control", "no-store",
            "x-content-type-options", "nosniff"),
        body);
  }

  /** The same answer with one more header. */
  Response with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Response(status, more, body);
  }
}
