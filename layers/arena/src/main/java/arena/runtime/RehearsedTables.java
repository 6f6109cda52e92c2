package arena.runtime;

import arena.json.Json;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers DynamoDB's calls for a rehearsal: items can be put, replaced in part, and read. There are
 * no conditions and no indexes, and a query returns all items of its table from the position that
 * it asks for.
 */
final class RehearsedTables {
  private static final Pattern ASSIGNMENT = Pattern.compile("([#\\w]+) = (:\\w+)");
  private static final String POSITION = "position";

  private final Map<String, List<ObjectNode>> tables = new HashMap<>();

  /** Returns the body of the answer to a request. */
  synchronized String answer(String operation, String body) throws JsonProcessingException {
    JsonNode request = Json.read(body);
    ObjectNode answer = Json.object();
    switch (operation) {
      case "PutItem" -> put(request);
      case "UpdateItem" -> {
        ObjectNode item = update(request);
        answer.set("Attributes", item == null ? Json.object() : item);
      }
      case "TransactWriteItems" -> {
        for (JsonNode write : request.path("TransactItems")) {
          if (write.has("Put")) {
            put(write.get("Put"));
          } else if (write.has("Update")) {
            update(write.get("Update"));
          }
        }
      }
      case "GetItem" -> {
        ObjectNode item = find(request);
        if (item != null) {
          answer.set("Item", item);
        }
      }
      case "Query", "Scan" -> {
        ArrayNode items = answer.putArray("Items");
        query(request).forEach(items::add);
        answer.put("Count", items.size());
      }
      case "BatchGetItem" -> answer.putObject("Responses");
      default -> {
        // such as BatchWriteItem: an empty answer is one of success
      }
    }
    return Json.write(answer);
  }

  private List<ObjectNode> table(JsonNode request) {
    return tables.computeIfAbsent(request.path("TableName").asText(), _ -> new ArrayList<>());
  }

  private void put(JsonNode request) {
    table(request).add(request.get("Item").deepCopy());
  }

  /** Applies the assignments of an update. */
  private @Nullable ObjectNode update(JsonNode request) {
    ObjectNode item = find(request);
    if (item == null) {
      return null;
    }
    Matcher assignment = ASSIGNMENT.matcher(request.path("UpdateExpression").asText());
    while (assignment.find()) {
      String name = assignment.group(1);
      JsonNode value = request.path("ExpressionAttributeValues").get(assignment.group(2));
      if (value != null) {
        item.set(request.path("ExpressionAttributeNames").path(name).asText(name), value);
      }
    }
    return item;
  }

  private @Nullable ObjectNode find(JsonNode request) {
    for (ObjectNode item : table(request)) {
      boolean same = true;
      for (Map.Entry<String, JsonNode> key : request.path("Key").properties()) {
        same &= key.getValue().equals(item.get(key.getKey()));
      }
      if (same) {
        return item;
      }
    }
    return null;
  }

  private List<ObjectNode> query(JsonNode request) {
    JsonNode from = request.path("ExpressionAttributeValues").path(":" + POSITION).path("N");
    boolean before = request.path("KeyConditionExpression").asText().contains("<=");
    return table(request).stream()
        .filter(
            item -> {
              long difference = item.path(POSITION).path("N").asLong() - from.asLong();
              return from.isMissingNode() || (before ? difference <= 0 : difference >= 0);
            })
        .toList();
  }
}
