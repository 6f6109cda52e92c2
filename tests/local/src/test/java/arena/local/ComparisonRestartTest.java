package arena.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.comparison.Cell;
import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonStatus;
import arena.comparison.Comparisons;
import arena.comparison.DynamoComparisons;
import arena.local.client.ArenaClient;
import arena.local.client.Operator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A race over a stack that is stopped in the middle and started again. */
class ComparisonRestartTest {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
  private static final int TURNS = 5;
  private static final String RACE =
      """
      {"profiles":[{"name":"a","model":"scripted"},{"name":"b","model":"scripted:boom"},
      {"name":"c","model":"scripted:rush"},{"name":"d","model":"scripted:idle"}],
      "scenarios":["balanced"],"rounds":8,"n_turns":5}""";

  @TempDir Path home;

  @Test
  void losesNoCellAndPlaysNoneTwice() {
    ComparisonId id;
    try (LocalStack stack = start();
        ArenaClient client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl())) {
      id = ComparisonId.of(client.post("/races", RACE).expect(202).path("race_id").asText());
      await(
          stack,
          id,
          race ->
              race.progress().cells().complete() >= 5 && race.progress().cells().running() >= 5);
    }
    try (LocalStack stack = start();
        ArenaClient client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl())) {
      Comparison race = await(stack, id, found -> !found.progress().open());
      assertEquals(ComparisonStatus.COMPLETE, race.status());
      assertEquals(new Comparison.Counts(0, 0, 32, 0, 0), race.progress().cells());
      assertEquals(32 * TURNS, race.progress().turns());
      Set<String> runs = new HashSet<>();
      try (DynamoDbClient tables = new Operator(stack).tables()) {
        for (Cell cell : comparisons(stack, tables).cells(race)) {
          assertTrue(runs.add(cell.runId().value()));
          long turnStarts =
              client.events(cell.runId().value(), 1).stream()
                  .filter(event -> event.fields().path("kind").asText().equals("turn_start"))
                  .count();
          assertEquals(TURNS + 1, turnStarts, cell.toString());
        }
      }
    }
  }

  private LocalStack start() {
    return LocalStack.start(Options.of(Path.of("../..")).home(home).unthrottled());
  }

  private static Comparisons comparisons(LocalStack stack, DynamoDbClient tables) {
    return new DynamoComparisons(tables, stack.resource("ComparisonsTable"));
  }

  private static Comparison await(
      LocalStack stack, ComparisonId id, Predicate<Comparison> condition) {
    Instant deadline = Instant.now().plus(BOUND);
    try (DynamoDbClient tables = new Operator(stack).tables()) {
      while (true) {
        Comparison comparison = comparisons(stack, tables).find(id).orElseThrow();
        if (condition.test(comparison)) {
          return comparison;
        }
        if (Instant.now().isAfter(deadline)) {
          throw new AssertionError("not within " + BOUND + ": " + comparison);
        }
        LockSupport.parkNanos(POLL_INTERVAL.toNanos());
      }
    }
  }
}
