package arena.runtime;

import arena.broker.Broker;
import arena.catalog.Catalog;
import arena.catalog.CreationRecords;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes how a run began, for a report about it: the request as it was received, and the four
 * counters. Nothing depends on it, so what fails here is only logged.
 */
public final class CreationRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(CreationRecorder.class);
  private static final JsonMapper MAPPER = new JsonMapper();

  private final CreationRecords notes;
  private final Catalog catalog;
  private final Broker broker;

  CreationRecorder(CreationRecords notes, Catalog catalog, Broker broker) {
    this.notes = notes;
    this.catalog = catalog;
    this.broker = broker;
  }

  /** Begins a run, and notes it, whatever becomes of it. */
  public <T> T noted(String runId, String request, Supplier<T> begin) {
    String counters = atStart(runId);
    try {
      return begin.get();
    } finally {
      note(runId, new CreationRecords.Beginning(request, counters));
    }
  }

  private String atStart(String runId) {
    try {
      return counters();
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("run_id", runId)
          .setCause(e)
          .log("the counters at the beginning of the run are not noted");
      return "";
    }
  }

  /** The four counters, as JSON; the first three as the broker has them. */
  String counters() {
    Broker.Counters counted = broker.counters();
    return MAPPER
        .createObjectNode()
        .put("events_published", counted.eventsPublished())
        .put("events_streamed", counted.eventsStreamed())
        .put("streams_dropped", counted.streamsDropped())
        .put("runs_open", catalog.countRunning())
        .toString();
  }

  private void note(String runId, CreationRecords.Beginning beginning) {
    try {
      notes.began(runId, beginning);
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("run_id", runId)
          .setCause(e)
          .log("the beginning of the run is not noted");
    }
  }
}
