package arena.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Plain JSON: trees, without Jackson's mapper, whose start and whose introspection of records were
 * a sixth of a function's start. JSON whose bytes must be stable is written by {@link arena.codec}
 * instead.
 */
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final TreeReader READER = new TreeReader(FACTORY);

  private Json() {}

  /** Writes a tree as compact JSON. */
  public static String write(JsonNode tree) {
    return TreeWriter.write(tree, FACTORY);
  }

  /** Reads the first value of a text; a missing node if there is none. */
  public static JsonNode read(String json) throws JsonProcessingException {
    return READER.first(json);
  }

  /** An empty array. */
  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** An empty object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
