package arena.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/** Writes trees as compact JSON with Jackson's generator; see {@link TreeReader}. */
final class TreeWriter {
  private TreeWriter() {}

  /** Writes a tree as compact JSON. */
  static String write(JsonNode tree, JsonFactory factory) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = factory.createGenerator(text)) {
      writeNode(tree, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a string writer has no such errors
    }
    return text.toString();
  }

  private static void writeNode(JsonNode node, JsonGenerator out) throws IOException {
    if (node.isObject()) {
      out.writeStartObject();
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        out.writeFieldName(field.getKey());
        writeNode(field.getValue(), out);
      }
      out.writeEndObject();
    } else if (node.isArray()) {
      out.writeStartArray();
      for (JsonNode element : node) {
        writeNode(element, out);
      }
      out.writeEndArray();
    } else if (node.isNull()) {
      out.writeNull();
    } else {
      node.serialize(out, null); // a scalar, which needs no mapper
    }
  }
}
