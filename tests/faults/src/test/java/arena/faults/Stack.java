package arena.faults;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.models.ModelServer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A local stack, by its public interfaces: in this process, or in one of its own. */
interface Stack {
  /** Speaks its HTTP and WebSocket interfaces. */
  ArenaClient client();

  /** The models that its runs are played by. */
  ModelServer models();

  /**
   * Lets the grace of a run that is over be over too, and has it reaped until the broker holds
   * nothing of it, where that can be brought about.
   */
  void reap(String runId);

  /** The run's row. */
  default JsonNode row(String runId) {
    return client().get("/runs/" + runId).expect(200);
  }

  /** The run's events, from wherever they are. */
  default List<Envelope> events(String runId) {
    return client().events(runId, 1);
  }
}
