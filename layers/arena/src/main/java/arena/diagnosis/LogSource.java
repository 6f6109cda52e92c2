package arena.diagnosis;

import java.time.Instant;
import java.util.List;

/** The functions' log lines, wherever they are kept. */
@FunctionalInterface
public interface LogSource {
  /**
   * The lines about one run, oldest first.
   *
   * @param from the first moment wanted
   * @param to the last moment wanted
   * @param limit most lines returned, from 1; if there are more, the newest of them are left out
   * @throws LogUnavailable if the log cannot be read now
   */
  List<LogLine> lines(String runId, Instant from, Instant to, int limit);
}
