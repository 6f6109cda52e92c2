package arena.causes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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

/** A diagnosis of a run that is well costs five calls of the stores, and changes nothing. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
class CostTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final Set<String> READS =
      Set.of("DynamoDb.GetItem", "DynamoDb.Query", "Sfn.GetExecutionHistory");

  private final DiagnosisStack stack = DiagnosisStack.shared();
  private final ArenaClient arena = stack.client();

  @Test
  void aHealthyRunsDiagnosisCostsFiveCallsAndChangesNothing() {
    stack.awaitQuiet();
    try (GatedModel gate = GatedModel.at(2);
        Jedis redis = stack.redis()) {
      String run = gate.start(3);
      stack.patient().until(run, "waiting_for_model"); // the function is warm
      Map<String, String> kept = kept(redis, run);
      long scripts = scripts(redis);

      List<String> calls =
          CountedCalls.during(
              () -> {
                JsonNode said = stack.patient().diagnosis(run);
                assertEquals("waiting_for_model", said.get("cause").textValue());
                assertEquals(0, said.at("/facts/broker/growth/events").longValue());
              });

      long looks = scripts(redis) - scripts;
      long tables = calls.stream().filter(call -> call.startsWith("DynamoDb.")).count();
      assertEquals(2, looks, "two looks at the broker");
      assertTrue(looks + tables <= 5, () -> looks + " of Redis and " + calls);
      assertTrue(READS.containsAll(calls), calls::toString);
      assertEquals(1, calls.stream().filter(call -> call.startsWith("Sfn.")).count());
      assertEquals(kept, kept(redis, run));
      gate.open();
      arena.awaitEnd(run, BOUND);
    }
  }

  private static long scripts(Jedis redis) {
    return redis
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_evalsha:"))
        .mapToLong(line -> Long.parseLong(line.replaceFirst("^[^=]*=(\\d+),.*", "$1")))
        .sum();
  }

  /** The run's row and all its keys, as bytes. */
  private Map<String, String> kept(Jedis redis, String run) {
    Map<String, String> kept = new TreeMap<>();
    for (String key : redis.keys("arena:run:" + run + ":*")) {
      kept.put(key, new String(redis.dump(key), StandardCharsets.ISO_8859_1));
    }
    try (DynamoDbClient tables = stack.tables()) {
      kept.put(
          "row",
          tables
              .getItem(
                  get ->
                      get.tableName(stack.stack().resource("CatalogTable"))
                          .key(Map.of("run_id", AttributeValue.fromS(run))))
              .item()
              .toString());
    }
    return kept;
  }
}
