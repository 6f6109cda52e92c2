package arena.local.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A received envelope.
 *
 * @param json the received text, so that two can be compared byte by byte
 */
public record Envelope(long seq, String json) {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final JsonMapper MAPPER = new JsonMapper();

  /** Returns the envelope's fields. */
  public JsonNode fields() {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the envelopes in the {@code events} array of a response or a message. */
  public static List<Envelope> allIn(String text) {
    List<Envelope> envelopes = new ArrayList<>();
    try (JsonParser in = FACTORY.createParser(text)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        if (!name.equals("events")) {
          in.skipChildren();
          continue;
        }
        while (in.nextToken() == JsonToken.START_OBJECT) {
          int start = Math.toIntExact(in.currentTokenLocation().getCharOffset());
          in.skipChildren();
          int end = Math.toIntExact(in.currentLocation().getCharOffset());
          String json = text.substring(start, end);
          envelopes.add(new Envelope(MAPPER.readTree(json).path("seq").asLong(), json));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return envelopes;
  }
}
