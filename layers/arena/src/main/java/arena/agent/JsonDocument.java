package arena.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.core.document.Document;

/** Converts JSON to and from the SDK's document type. */
final class JsonDocument {
  private JsonDocument() {}

  /** Converts a node with integers as its only numbers, as a schema is. */
  static Document of(JsonNode node) {
    if (node.isObject()) {
      Map<String, Document> fields = new LinkedHashMap<>();
      node.properties().forEach(field -> fields.put(field.getKey(), of(field.getValue())));
      return Document.fromMap(fields);
    }
    if (node.isArray()) {
      return Document.fromList(node.valueStream().map(JsonDocument::of).toList());
    }
    if (node.isBoolean()) {
      return Document.fromBoolean(node.asBoolean());
    }
    return node.isNumber() ? Document.fromNumber(node.asInt()) : Document.fromString(node.asText());
  }

  /** Converts a document, such as the arguments of a tool. */
  static JsonNode json(Document document) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (document.isMap()) {
      ObjectNode object = nodes.objectNode();
      document.asMap().forEach((name, value) -> object.set(name, json(value)));
      return object;
    }
    if (document.isList()) {
      ArrayNode array = nodes.arrayNode();
      document.asList().forEach(value -> array.add(json(value)));
      return array;
    }
    if (document.isString()) {
      return nodes.textNode(document.asString());
    }
    if (document.isBoolean()) {
      return nodes.booleanNode(document.asBoolean());
    }
    return document.isNumber()
        ? nodes.numberNode(document.asNumber().bigDecimalValue())
        : nodes.nullNode();
  }
}
