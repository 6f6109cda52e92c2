package arena.runtime;

import arena.diagnosis.LogLine;
import arena.diagnosis.LogSource;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the results of searches for a few seconds: one search makes at least one call for each
 * function, and CloudWatch allows few a second for the whole account. Thread-safe.
 */
final class CachedLogSource implements LogSource {
  /** How old a result may be; newer lines are missing. */
  static final Duration MAX_AGE = Duration.ofSeconds(5);

  /** Maximum number of results; one takes at most some 6 MB. */
  static final int MAX_RESULTS = 4;

  private record Search(RunId runId, Instant from, int limit) {}

  private record Result(Instant at, List<LogLine> lines) {}

  private final LogSource source;
  private final InstantSource clock;

  /** The oldest first. */
  private final Map<Search, Result> results = new LinkedHashMap<>();

  CachedLogSource(LogSource source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
  }

  @Override
  public List<LogLine> lines(RunId runId, Instant from, Instant to, int limit) {
    Search search = new Search(runId, from, limit);
    Instant now = clock.instant();
    synchronized (results) {
      results.values().removeIf(result -> result.at().plus(MAX_AGE).isBefore(now));
      Result result = results.get(search);
      if (result != null) {
        return result.lines();
      }
    }
    List<LogLine> lines = source.lines(runId, from, to, limit);
    synchronized (results) {
      results.remove(search);
      Iterator<Search> oldest = results.keySet().iterator();
      while (results.size() >= MAX_RESULTS) {
        oldest.next();
        oldest.remove();
      }
      results.put(search, new Result(now, lines));
    }
    return lines;
  }
}
