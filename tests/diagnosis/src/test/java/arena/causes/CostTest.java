package arena.causes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.calls.CallCounter;
import arena.local.calls.CallUsage;
import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A diagnosis of a healthy run makes at most five store calls and changes nothing. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
class CostTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final Set<String> READS =
      Set.of(
          "DynamoDb.BatchGetItem", "DynamoDb.GetItem", "DynamoDb.Query", "Sfn.GetExecutionHistory");

  private final DiagnosisStack stack = DiagnosisStack.shared();
  private final ArenaClient arena = stack.client();

  @Test
  void diagnosesHealthyRunWithAtMostFiveReads() {
    stack.awaitIdle();
    try (GatedModel gate = GatedModel.at(2);
        Jedis redis = stack.redis()) {
      String run = gate.start(3);
      stack.diagnoses().awaitCause(run, "waiting_for_model"); // warms up the function
      Map<String, String> state = state(redis, run);
      long scripts = scripts(redis);

      Map<String, CallUsage> calls =
          CallCounter.during(
              () -> {
                JsonNode diagnosis = stack.diagnoses().diagnosis(run);
                assertEquals("waiting_for_model", diagnosis.get("cause").textValue());
                assertEquals(0, diagnosis.at("/facts/broker/growth/events").longValue());
              });

      long scriptsRun = scripts(redis) - scripts;
      long tables = count(calls, "DynamoDb.");
      assertEquals(2, scriptsRun, "scripts run in Redis");
      assertTrue(scriptsRun + tables <= 5, () -> scriptsRun + " Redis scripts and " + calls);
      assertTrue(READS.containsAll(calls.keySet()), calls::toString);
      assertEquals(1, count(calls, "Sfn."));
      assertEquals(state, state(redis, run));
      gate.open();
      arena.awaitEnd(run, BOUND);
    }
  }

  private static long count(Map<String, CallUsage> calls, String service) {
    return calls.entrySet().stream()
        .filter(call -> call.getKey().startsWith(service))
        .mapToLong(call -> call.getValue().calls())
        .sum();
  }

  private static long scripts(Jedis redis) {
    return redis
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_evalsha:"))
        .mapToLong(line -> Long.parseLong(line.replaceFirst("^[^=]*=(\\d+),.*", "$1")))
        .sum();
  }

  /** The run's row and the serialized values of all its keys. */
  private Map<String, String> state(Jedis redis, String run) {
    Map<String, String> state = new TreeMap<>();
    for (String key : redis.keys("arena:run:" + run + ":*")) {
      state.put(key, new String(redis.dump(key), StandardCharsets.ISO_8859_1));
    }
    try (DynamoDbClient tables = stack.tables()) {
      state.put(
          "row",
          tables
              .getItem(
                  get ->
                      get.tableName(stack.stack().resource("CatalogTable"))
                          .key(Map.of("run_id", AttributeValue.fromS(run))))
              .item()
              .toString());
    }
    return state;
  }
}
