package arena.acceptance;

import arena.local.client.ArenaClient;
import java.time.Duration;

/** Runs that tests of the HTTP interface read: a complete run, a fork of it, and a failed run. */
record PlayedRuns(String parent, String fork, String failed) {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static PlayedRuns shared;

  /** Plays the runs at the first call. */
  static synchronized PlayedRuns shared() {
    if (shared == null) {
      shared = play(AcceptanceStack.shared().client());
    }
    return shared;
  }

  private static PlayedRuns play(ArenaClient arena) {
    String parent =
        arena.startRun("{\"n_turns\":5,\"scenario\":\"late-start\",\"label\":\"the parent\"}");
    String failed = arena.startRun("{\"n_turns\":1,\"profile\":{\"model\":\"openai:refuse\"}}");
    arena.awaitEnd(parent, BOUND);
    String fork =
        arena.startFork(
            """
            {"parent_run_id":"%s","parent_t":2,"n_turns":2,"reason":"what if",
             "mutation":{"food":1500,"pop_cap":40,"age":"Feudal Age"}}
            """
                .formatted(parent));
    arena.awaitEnd(fork, BOUND);
    arena.awaitEnd(failed, BOUND);
    return new PlayedRuns(parent, fork, failed);
  }
}
