package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** The saved queries find lines that the functions log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SavedQueriesTest {
  private DeployedObservability deployed;

  @BeforeAll
  void read() throws Exception {
    deployed = new DeployedObservability();
  }

  @TestFactory
  Stream<DynamicTest> everySavedQueryFindsLines() {
    Map<String, JsonNode> queries = deployed.resources("AWS::Logs::QueryDefinition");
    assertTrue(queries.size() >= 10);
    return queries.values().stream()
        .map(
            query ->
                DynamicTest.dynamicTest(
                    query.get("Name").textValue(),
                    () -> {
                      Set<String> logGroups = new HashSet<>();
                      query.get("LogGroupNames").forEach(one -> logGroups.add(one.textValue()));
                      deployed.assertFinds(query.get("QueryString").textValue(), logGroups);
                    }));
  }

  @Test
  void everyRunbookStepHasAQuery() {
    Set<String> steps =
        deployed.queryNames().stream()
            .map(name -> name.replaceFirst("^arena/(\\d .*) / .*", "$1"))
            .collect(Collectors.toSet());
    assertEquals(
        Set.of("1 log", "2 counters", "3 replays", "4 broker", "5 recovery", "6 bug report"),
        steps);
  }

  @Test
  void rejectsInvalidQueries() {
    for (String invalid :
        List.of(
            "parse @message \"x*\" as y",
            "filter run_id ~ \"x\"",
            "fields @timestamp | limit 20000",
            "stats median(t)",
            "filter (a = 1",
            "sort t")) {
      assertThrows(IllegalArgumentException.class, () -> LogQuery.parse(invalid), invalid);
    }
  }
}
