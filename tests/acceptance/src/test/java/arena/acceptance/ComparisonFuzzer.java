package arena.acceptance;

import arena.json.Json;
import arena.local.client.ArenaClient;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Sends an operator's requests for experiments and races with generated values. Each only asks for
 * an estimate, so that nothing is started.
 */
final class ComparisonFuzzer {
  private static final String RACE =
      """
      {"profiles":[{"name":"a","model":"scripted","temperature":0.5},{"name":"b"}],
       "scenarios":["balanced"],"rounds":2,"n_turns":3,"label":"x","seed":1,
       "budget":{"usd":0.5,"turns":10}}
      """;

  private static final String EXPERIMENT =
      """
      {"parent_run_id":"PARENT","parent_t":1,"arms":[{"name":"a"},
         {"name":"b","mutation":{"food":10,"age":"Feudal Age"},"profile":{"model":"scripted:idle"}}],
       "control":"a","replicas":3,"n_turns":2,"label":"x","seed":1,"budget":{"usd":0.5,"turns":10}}
      """;

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1e-320",
          "1e300",
          "0.1",
          "50.0",
          "51",
          "200",
          "9007199254740991",
          "9007199254740992",
          "123456789012345678901234567890",
          "\"\"",
          "\" \"",
          "\"a\"",
          "\"\\u202e\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"recorded\"",
          "\"openai:\"",
          "\"" + "x".repeat(101) + "\"",
          "[]",
          "[[]]",
          "[null]",
          "{}",
          "{\"name\":\"a\"}",
          "{\"usd\":0}",
          "{\"turns\":0.5}",
          "[1,2]");

  private final RandomGenerator random;
  private final ArenaClient operator;
  private final String experiment;

  ComparisonFuzzer(RandomGenerator random, ArenaClient operator, String runId) {
    this.random = random;
    this.operator = operator;
    this.experiment = EXPERIMENT.replace("PARENT", runId);
  }

  /** Sends requests until a time of {@link System#nanoTime} and returns their number. */
  long until(long deadline) throws JsonProcessingException {
    long sent = 0;
    while (System.nanoTime() < deadline) {
      boolean race = random.nextBoolean();
      ObjectNode body = (ObjectNode) Json.read(race ? RACE : experiment);
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        change(body);
      }
      body.put("dry_run", true);
      ArenaClient.Answer answer = operator.post(race ? "/races" : "/experiments", body.toString());
      int status = answer.status();
      boolean described = status == 200 || status == 404 || status == 422 || status == 429;
      if (!described || (status == 422 && answer.json().at("/error/field").asText().isEmpty())) {
        throw new AssertionError(status + " " + answer.text() + "\n after " + body);
      }
      sent++;
    }
    return sent;
  }

  /** Sets, removes or adds one value. */
  private void change(ObjectNode body) throws JsonProcessingException {
    List<JsonNode> containers = new ArrayList<>();
    collect(body, containers);
    JsonNode value = Json.read(VALUES.get(random.nextInt(VALUES.size())));
    JsonNode at = containers.get(random.nextInt(containers.size()));
    if (at instanceof ArrayNode list) {
      if (list.isEmpty() || random.nextInt(4) == 0) {
        list.add(value);
      } else if (random.nextInt(4) == 0) {
        list.add(list.get(0).deepCopy());
      } else {
        list.set(random.nextInt(list.size()), value);
      }
    } else if (at instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.isEmpty() ? "x" : names.get(random.nextInt(names.size()));
      switch (random.nextInt(6)) {
        case 0 -> object.remove(name);
        case 1 -> object.set("other", value);
        default -> object.set(name, value);
      }
    }
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainerNode()) {
      containers.add(node);
      node.forEach(child -> collect(child, containers));
    }
  }
}
