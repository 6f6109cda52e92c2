package arena.runtime;

import arena.catalog.Catalog;
import arena.catalog.CreationRecords;
import arena.json.Json;
import arena.run.RunId;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records a run's creation request and the four counters for its bug report. Failures are only
 * logged.
 */
public final class CreationRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(CreationRecorder.class);

  private final CreationRecords records;
  private final Catalog catalog;

  public CreationRecorder(CreationRecords records, Catalog catalog) {
    this.records = records;
    this.catalog = catalog;
  }

  /** Creates a run and records its creation, even if it fails. */
  public <T> T record(RunId runId, String request, Supplier<T> create) {
    String counters = countersAtStart(runId);
    try {
      return create.get();
    } finally {
      save(runId, new CreationRecords.CreationRecord(request, counters));
    }
  }

  private String countersAtStart(RunId runId) {
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
    return Json.write(catalog.counters().toJson());
  }

  private void save(RunId runId, CreationRecords.CreationRecord record) {
    try {
      records.saveCreationRecord(runId, record);
    } catch (RuntimeException e) {
      LOG.atWarn().addKeyValue("run_id", runId).setCause(e).log("failed to save creation record");
    }
  }
}
