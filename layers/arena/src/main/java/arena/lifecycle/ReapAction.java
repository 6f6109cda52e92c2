package arena.lifecycle;

import arena.metrics.LabelNames;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One action of the reaper.
 *
 * @param runId the run that it is about, if it is about one
 * @param connectionId the connection that it is about, if it is about one
 * @param why what was found
 */
public record ReapAction(
    Kind kind, Optional<String> runId, Optional<String> connectionId, String why) {

  /** What was done: the field {@code action} of log lines, and a dimension of metrics. */
  public enum Kind {
    /** Dropped a run's buffer. */
    FREED,
    /** Failed a run that made no progress. */
    ABANDONED,
    /** Invoked finalize-run for a run. */
    FINALIZING,
    /** Dropped keys without a run. */
    STRAY_DROPPED,
    /** Deleted a connection that is gone. */
    CONNECTION_FORGOTTEN,
    /** Deleted a cursor without a connection. */
    READER_FORGOTTEN;

    /** Its name in logs and metrics. */
    public String label() {
      return LabelNames.of(this);
    }
  }

  static ReapAction ofRun(Kind kind, String runId, String why) {
    return new ReapAction(kind, Optional.of(runId), Optional.empty(), why);
  }

  static ReapAction ofConnection(Kind kind, String connectionId, String why) {
    return new ReapAction(kind, Optional.empty(), Optional.of(connectionId), why);
  }

  static ReapAction ofReader(Kind kind, String runId, String connectionId, String why) {
    return new ReapAction(kind, Optional.of(runId), Optional.of(connectionId), why);
  }

  /** Logs it, each part as a field of its own. */
  void log(Logger log) {
    LoggingEventBuilder line = log.atInfo().addKeyValue("action", kind.label());
    line = runId.isPresent() ? line.addKeyValue("run_id", runId.get()) : line;
    line = connectionId.isPresent() ? line.addKeyValue("connection_id", connectionId.get()) : line;
    line.addKeyValue("reason", why).log("{}: {}", kind.label(), why);
  }
}
