package arena.faults;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.models.ModelServer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A local stack as seen through its public interfaces, in this process or in a separate one. */
interface Stack {
  /** Client of its HTTP and WebSocket interfaces. */
  ArenaClient client();

  /** The model server that its runs call. */
  ModelServer models();

  /**
   * Ages an ended run past the grace period and invokes the reaper until the broker has no keys of
   * the run, where the stack allows it.
   */
  void reap(String runId);

  /** The run as {@code GET /runs/{run_id}} returns it. */
  default JsonNode row(String runId) {
    return client().get("/runs/" + runId).expect(200);
  }

  /** All events of the run. */
  default List<Envelope> events(String runId) {
    return client().events(runId, 1);
  }
}
