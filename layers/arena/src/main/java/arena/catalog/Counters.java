package arena.catalog;

import arena.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The counters of {@code GET /metrics}.
 *
 * @param eventsPublished events in the journal, of all runs
 * @param eventsStreamed events sent to readers
 * @param streamsDropped readers dropped because they fell behind the buffer or were unreachable
 * @param runsOpen running runs
 */
public record Counters(
    long eventsPublished, long eventsStreamed, long streamsDropped, long runsOpen) {
  /** Returns the counters as responses show them. */
  public ObjectNode toJson() {
    return Json.object()
        .put("events_published", eventsPublished)
        .put("events_streamed", eventsStreamed)
        .put("streams_dropped", streamsDropped)
        .put("runs_open", runsOpen);
  }
}
