package arena.runtime;

import arena.broker.Broker;
import arena.catalog.Catalog;
import arena.catalog.CreationRecords;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records a run's creation request and the four counters for its bug report. Failures are only
 * logged.
 */
public final class CreationRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(CreationRecorder.class);
  private static final JsonMapper MAPPER = new JsonMapper();

  private final CreationRecords records;
  private final Catalog catalog;
  private final Broker broker;

  public CreationRecorder(CreationRecords records, Catalog catalog, Broker broker) {
    this.records = records;
    this.catalog = catalog;
    this.broker = broker;
  }

  /** Creates a run and records its creation, even if it fails. */
  public <T> T record(String runId, String request, Supplier<T> create) {
    String counters = countersAtStart(runId);
    try {
      return create.get();
    } finally {
      save(runId, new CreationRecords.CreationRecord(request, counters));
    }
  }

  private String countersAtStart(String runId) {
    try {
      return counters();
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("run_id", runId)
          .setCause(e)
          .log("failed to read counters at run creation");
      return "";
    }
  }

  /** Returns the four counters as JSON. */
  public String counters() {
    Broker.Counters brokerCounters = broker.counters();
    return MAPPER
        .createObjectNode()
        .put("events_published", brokerCounters.eventsPublished())
        .put("events_streamed", brokerCounters.eventsStreamed())
        .put("streams_dropped", brokerCounters.streamsDropped())
        .put("runs_open", catalog.countRunning())
        .toString();
  }

  private void save(String runId, CreationRecords.CreationRecord record) {
    try {
      records.saveCreationRecord(runId, record);
    } catch (RuntimeException e) {
      LOG.atWarn().addKeyValue("run_id", runId).setCause(e).log("failed to save creation record");
    }
  }
}
