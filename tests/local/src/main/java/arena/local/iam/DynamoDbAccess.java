package arena.local.iam;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rights that a request to DynamoDB needs. A query of an index needs a right for the index
 * only, and a transaction those of the operations in it, as the service authorization reference has
 * it.
 */
public final class DynamoDbAccess {
  /** The prefix of an operation in the header {@code X-Amz-Target}. */
  public static final String TARGET_PREFIX = "DynamoDB_20120810.";

  private static final JsonFactory JSON = new JsonFactory();
  private static final String SERVICE = "dynamodb";

  /** The actions of the parts of a transaction. */
  private static final Map<String, String> PARTS =
      Map.of(
          "Put", "PutItem",
          "Update", "UpdateItem",
          "Delete", "DeleteItem",
          "ConditionCheck", "ConditionCheckItem",
          "Get", "GetItem");

  private DynamoDbAccess() {}

  /**
   * Returns what a request needs rights for. An operation that names no table needs one for all
   * resources.
   *
   * @param operation such as {@code GetItem}
   * @throws IOException if the request is not JSON
   */
  public static List<Access> of(String operation, byte[] request) throws IOException {
    Set<Access> needed = new LinkedHashSet<>();
    String table = null;
    String index = null;
    try (JsonParser parser = JSON.createParser(request)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the request is not a JSON object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (field) {
          case "TableName" -> table = parser.getText();
          case "IndexName" -> index = parser.getText();
          case "RequestItems" -> {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
              needed.add(access(operation, table(parser.currentName())));
              parser.nextToken();
              parser.skipChildren();
            }
          }
          case "TransactItems" -> {
            if (value == JsonToken.START_ARRAY) {
              needed.addAll(parts(parser));
            }
          }
          default -> parser.skipChildren();
        }
      }
    }
    if (table != null) {
      needed.add(
          access(operation, index == null ? table(table) : table(table) + "/index/" + index));
    }
    return needed.isEmpty() ? List.of(access(operation, "*")) : List.copyOf(needed);
  }

  private static List<Access> parts(JsonParser parser) throws IOException {
    List<Access> parts = new ArrayList<>();
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String kind = parser.currentName();
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String field = parser.currentName();
          parser.nextToken();
          if (field.equals("TableName")) {
            parts.add(access(PARTS.getOrDefault(kind, kind), table(parser.getText())));
          } else {
            parser.skipChildren();
          }
        }
      }
    }
    return parts;
  }

  private static String table(String nameOrArn) {
    return Arn.of(SERVICE, "table/", nameOrArn);
  }

  private static Access access(String operation, String resource) {
    return new Access(SERVICE + ":" + operation, resource);
  }
}
