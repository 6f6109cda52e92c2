package arena.lifecycle;

import arena.broker.ConnectionId;
import arena.metrics.LabelNames;
import arena.run.RunId;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * An action of the reaper.
 *
 * @param runId the affected run, if any
 * @param connectionId the affected connection, if any
 * @param reason what was found
 */
public record ReapAction(
    Kind kind, Optional<RunId> runId, Optional<ConnectionId> connectionId, String reason) {
  /** The kind of action: the log field {@code action} and a metric dimension. */
  public enum Kind {
    /** Deleted a run's buffer. */
    FREED,
    /** Failed a run that made no progress. */
    ABANDONED,
    /** Invoked finalize-run for a run. */
    FINALIZING,
    /** Deleted keys without a run. */
    STRAY_DROPPED,
    /** Deleted a closed connection. */
    CONNECTION_FORGOTTEN,
    /** Deleted a cursor without a connection. */
    READER_FORGOTTEN;

    /** The name in logs and metrics. */
    public String label() {
      return LabelNames.of(this);
    }
  }

  static ReapAction ofRun(Kind kind, RunId runId, String reason) {
    return new ReapAction(kind, Optional.of(runId), Optional.empty(), reason);
  }

  static ReapAction ofConnection(Kind kind, ConnectionId connectionId, String reason) {
    return new ReapAction(kind, Optional.empty(), Optional.of(connectionId), reason);
  }

  static ReapAction ofReader(Kind kind, RunId runId, ConnectionId connectionId, String reason) {
    return new ReapAction(kind, Optional.of(runId), Optional.of(connectionId), reason);
  }

  /** Logs the action with its parts as fields. */
  void log(Logger log) {
    LoggingEventBuilder line = log.atInfo().addKeyValue("action", kind.label());
    line = runId.isPresent() ? line.addKeyValue("run_id", runId.get()) : line;
    line = connectionId.isPresent() ? line.addKeyValue("connection_id", connectionId.get()) : line;
    line.addKeyValue("reason", reason).log("reaper action");
  }
}
