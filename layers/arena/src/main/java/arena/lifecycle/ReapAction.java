package arena.lifecycle;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One thing that the reaper did.
 *
 * @param runId the run that it is about, if it is about one
 * @param connectionId the connection that it is about, if it is about one
 * @param action {@code freed}, {@code abandoned} or {@code finalizing} a run; {@code stray_dropped}
 *     of keys without a run; {@code connection_forgotten}; {@code reader_forgotten} of a cursor
 *     without a connection
 * @param why what was found
 */
public record ReapAction(
    Optional<String> runId, Optional<String> connectionId, String action, String why) {

  static ReapAction ofRun(String runId, String action, String why) {
    return new ReapAction(Optional.of(runId), Optional.empty(), action, why);
  }

  static ReapAction ofConnection(String connectionId, String action, String why) {
    return new ReapAction(Optional.empty(), Optional.of(connectionId), action, why);
  }

  static ReapAction ofReader(String runId, String connectionId, String action, String why) {
    return new ReapAction(Optional.of(runId), Optional.of(connectionId), action, why);
  }

  /** Logs it, each part as a field of its own. */
  void log(Logger log) {
    LoggingEventBuilder line = log.atInfo().addKeyValue("action", action);
    line = runId.isPresent() ? line.addKeyValue("run_id", runId.get()) : line;
    line = connectionId.isPresent() ? line.addKeyValue("connection_id", connectionId.get()) : line;
    line.addKeyValue("reason", why).log("{}: {}", action, why);
  }
}
