package arena.acceptance;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** An experiment and a race of scripted profiles that have ended, by their ids. */
record PlayedComparisons(String experiment, String race) {
  private static final Duration BOUND = Duration.ofMinutes(2);

  /** A read computes the result so far, from the same cores as the play, and is limited. */
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

  private static PlayedComparisons shared;

  /** Plays them at the first call. */
  static synchronized PlayedComparisons shared() {
    if (shared == null) {
      shared = play(AcceptanceStack.shared().client(), PlayedRuns.shared().parent());
    }
    return shared;
  }

  private static PlayedComparisons play(ArenaClient arena, String parent) {
    String race =
        arena
            .post(
                "/races",
                """
                {"profiles":[{"name":"idle","model":"scripted:idle"},{"name":"usual"},
                             {"name":"failing","model":"openai:refuse"}],
                 "scenarios":["balanced","late-start"],"rounds":2,"n_turns":5,"label":"a race"}
                """)
            .expect(202)
            .get("race_id")
            .textValue();
    String experiment =
        arena
            .post(
                "/experiments",
                String.format(
                    Locale.ROOT,
                    """
                    {"parent_run_id":"%s","parent_t":2,"n_turns":3,"replicas":2,"arms":[
                      {"name":"as it was"},{"name":"rich","mutation":{"food":1500}}]}
                    """,
                    parent))
            .expect(202)
            .get("experiment_id")
            .textValue();
    awaitEnd(arena, "/races/" + race);
    awaitEnd(arena, "/experiments/" + experiment);
    return new PlayedComparisons(experiment, race);
  }

  /** Waits until an experiment or a race, by its path, is complete. */
  static void awaitEnd(ArenaClient arena, String path) {
    Instant deadline = Instant.now().plus(BOUND);
    while (true) {
      JsonNode comparison = arena.get(path).expect(200);
      if (comparison.get("status").textValue().equals("complete")) {
        return;
      }
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("not within " + BOUND + ": " + comparison);
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
  }
}
