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

/** A healthy run is never diagnosed as stuck, at any time. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
class NormalRunsTest {
  private static final int RUNS = 200;
  private static final int CONCURRENCY = 12;
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final ArenaClient arena = DiagnosisStack.shared().client();
  private final Map<String, Integer> causes = new ConcurrentHashMap<>();

  /** Plays one run and diagnoses it repeatedly until it is complete. */
  private Void play(int number) {
    // with and without calls to a model server
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
      JsonNode diagnosis = arena.get("/runs/" + run + "/diagnosis").expect(200);
      String cause = diagnosis.get("cause").textValue();
      assertTrue(diagnosis.get("healthy").booleanValue(), diagnosis::toPrettyString);
      causes.merge(cause, 1, Integer::sum);
      if (cause.equals("complete")) {
        return null;
      }
      assertTrue(Instant.now().isBefore(deadline), diagnosis::toPrettyString);
    }
  }

  @Test
  void reportsHealthyRunsAsHealthy() throws Exception {
    List<Future<Void>> runs = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CONCURRENCY)) {
      for (int i = 0; i < RUNS; i++) {
        int number = i;
        runs.add(threads.submit((Callable<Void>) () -> play(number)));
      }
      for (Future<Void> play : runs) {
        play.get();
      }
    }
    assertEquals(RUNS, causes.get("complete"));
    int inFlight = causes.values().stream().mapToInt(Integer::intValue).sum() - RUNS;
    assertTrue(inFlight >= RUNS / 4, () -> "diagnoses of running runs: " + causes);
  }
}
