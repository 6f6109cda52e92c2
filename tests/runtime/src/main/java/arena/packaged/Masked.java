package arena.packaged;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An answer without what differs between two equal invocations: ids, tickets, times, durations and
 * sizes. The body of an HTTP response is compared as JSON.
 */
final class Masked {
  private static final JsonMapper JSON = new JsonMapper();

  /** Fields whose values depend on the moment, or on what other runs the stack holds. */
  private static final Set<String> VOLATILE =
      Set.of(
          "stackTrace", "bytes", "usage", "logs", "lines", "metrics", "counters", "generated_at");

  private Masked() {}

  /** Returns what two answers differ in, a line each; empty if they are equal. */
  static List<String> differences(String first, String second) {
    Map<String, String> left = leaves(first);
    Map<String, String> right = leaves(second);
    Set<String> paths = new TreeSet<>(left.keySet());
    paths.addAll(right.keySet());
    List<String> found = new ArrayList<>();
    for (String path : paths) {
      String one = left.getOrDefault(path, "(missing)");
      String other = right.getOrDefault(path, "(missing)");
      if (!one.equals(other)) {
        found.add(path + ": " + one + ", in the local stack " + other);
      }
    }
    return found;
  }

  private static Map<String, String> leaves(String payload) {
    Map<String, String> leaves = new TreeMap<>();
    collect("", parsed(payload), leaves);
    return leaves;
  }

  private static JsonNode parsed(String payload) {
    try {
      return JSON.readTree(payload);
    } catch (JsonProcessingException e) {
      return JSON.getNodeFactory().textNode(payload);
    }
  }

  private static void collect(String path, JsonNode node, Map<String, String> leaves) {
    switch (node) {
      case ObjectNode object ->
          object
              .properties()
              .forEach(
                  field -> {
                    if (!VOLATILE.contains(field.getKey())) {
                      JsonNode value = field.getValue();
                      boolean body = field.getKey().equals("body") && value.isTextual();
                      collect(
                          path + "/" + field.getKey(),
                          body ? parsed(value.textValue()) : value,
                          leaves);
                    } else {
                      leaves.put(path + "/" + field.getKey(), "(volatile)");
                    }
                  });
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          collect(path + "/" + i, array.get(i), leaves);
        }
      }
      default -> leaves.put(path, masked(path, node));
    }
  }

  private static String masked(String path, JsonNode value) {
    if (path.matches(".*(_ms|_seconds|_bytes|duration|latency|elapsed|_count|runs_open|/seconds).*")
        || path.endsWith("/broker/connections") // others come and go
        || path.endsWith("/versions/function")) { // the stack publishes no versions
      return value.getNodeType().toString();
    }
    return value
        .asText()
        .replaceAll("[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", "(id)")
        .replaceAll("[0-9a-f]{32}", "(id)")
        .replaceAll("ticket_[A-Za-z0-9_-]{43}", "(ticket)")
        .replaceAll("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z?", "(time)")
        .replaceAll("\\d+(\\.\\d+)? (ms|s|seconds?|minutes?|min)\\b", "(duration)")
        .replaceAll("X-Amz-[^&\\s]*", "(signature)");
  }
}
