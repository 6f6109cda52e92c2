package arena.diagnosis;

import arena.error.DependencyUnavailable;
import arena.run.RunId;
import java.time.Instant;
import java.util.List;

/** Reads the functions' log. */
@FunctionalInterface
public interface LogSource {
  /**
   * Returns a run's log lines, oldest first.
   *
   * @param from start of the time range, inclusive
   * @param to end of the time range, inclusive
   * @param limit maximum number of lines, at least 1; the newest are dropped
   * @throws DependencyUnavailable if the log cannot be read
   */
  List<LogLine> lines(RunId runId, Instant from, Instant to, int limit);
}
