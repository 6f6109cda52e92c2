package arena.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Reads JSON to a tree with Jackson's parser. The result is that of Jackson's mapper, which takes a
 * tenth of a function's start to load.
 *
 * <p>Recursive: the factory limits the depth, by default to 1,000. Thread-safe.
 */
public final class TreeReader {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final JsonFactory factory;

  /**
   * @param factory its features and limits apply
   */
  public TreeReader(JsonFactory factory) {
    this.factory = factory;
  }

  /** Reads the first value of a text; a missing node if there is none. */
  public JsonNode first(String json) throws JsonProcessingException {
    return read(json, false);
  }

  /**
   * Reads the only value of a text; a missing node if there is none.
   *
   * @throws JsonProcessingException also if another value follows
   */
  public JsonNode only(String json) throws JsonProcessingException {
    return read(json, true);
  }

  private JsonNode read(String json, boolean only) throws JsonProcessingException {
    try (JsonParser in = factory.createParser(json)) {
      JsonToken token = in.nextToken();
      if (token == null) {
        return MissingNode.getInstance();
      }
      JsonNode value = value(token, in);
      if (only && in.nextToken() != null) {
        throw new JsonParseException(in, "more than one value", in.currentTokenLocation());
      }
      return value;
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a string has no such errors
    }
  }

  private static JsonNode value(JsonToken token, JsonParser in) throws IOException {
    return switch (token) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> array(in);
      case VALUE_STRING -> NODES.textNode(in.getText());
      case VALUE_NUMBER_INT ->
          switch (in.getNumberType()) {
            case INT -> NODES.numberNode(in.getIntValue());
            case LONG -> NODES.numberNode(in.getLongValue());
            default -> NODES.numberNode(in.getBigIntegerValue());
          };
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(in.getDoubleValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      default -> throw new IllegalStateException("unexpected token " + token);
    };
  }

  private static ObjectNode object(JsonParser in) throws IOException {
    ObjectNode object = NODES.objectNode();
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      object.set(name, value(in.nextToken(), in));
    }
    return object;
  }

  private static ArrayNode array(JsonParser in) throws IOException {
    ArrayNode array = NODES.arrayNode();
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      array.add(value(token, in));
    }
    return array;
  }
}
