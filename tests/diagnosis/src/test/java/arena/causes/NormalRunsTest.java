package arena.causes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** A run that is well is never called stuck, whenever one looks. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
class NormalRunsTest {
  private static final int RUNS = 200;
  private static final int AT_ONCE = 12;
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final ArenaClient arena = DiagnosisStack.shared().client();
  private final Map<String, Integer> told = new ConcurrentHashMap<>();

  /** Plays one run and asks about it until it is complete. */
  private Void play(int number) {
    // one that waits for a model now and then, and one that does not
    String model = number % 2 == 0 ? "scripted" : "openai:plain";
    String run =
        arena.startRun(
            String.format(
                Locale.ROOT,
                "{\"n_turns\":%d,\"profile\":{\"model\":\"%s\"}}",
                1 + number % 5,
                model));
    Instant deadline = Instant.now().plus(BOUND);
    while (true) {
      JsonNode said = arena.get("/runs/" + run + "/diagnosis").expect(200);
      String cause = said.get("cause").textValue();
      assertTrue(said.get("healthy").booleanValue(), said::toPrettyString);
      told.merge(cause, 1, Integer::sum);
      if (cause.equals("complete")) {
        return null;
      }
      assertTrue(Instant.now().isBefore(deadline), said::toPrettyString);
    }
  }

  @Test
  void noHealthyStateIsCalledStuck() throws Exception {
    List<Future<Void>> plays = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int i = 0; i < RUNS; i++) {
        int number = i;
        plays.add(threads.submit((Callable<Void>) () -> play(number)));
      }
      for (Future<Void> play : plays) {
        play.get();
      }
    }
    assertEquals(RUNS, told.get("complete"));
    int inFlight = told.values().stream().mapToInt(Integer::intValue).sum() - RUNS;
    assertTrue(inFlight >= RUNS / 4, () -> "runs were looked at while they played: " + told);
  }
}
