package arena.catalog;

import arena.run.Failure;
import arena.run.Run;
import arena.run.UnknownRun;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Every run's row. Rows are begun by the journal, with the run's first entry. Every call throws
 * {@link CatalogUnavailable} if it may work later. Lists may come a moment behind the rows; what
 * they return of a row is as it is now.
 */
public interface Catalog {
  /** The run's row as it is now (a consistent read). */
  Optional<Run> find(String runId);

  /**
   * Runs, newest first.
   *
   * @param which all of them, or those that are archived
   * @param limit most rows returned, from 1 to 100
   * @param cursor where the page before ended, or empty for the first page
   * @throws InvalidCursor if the cursor was not given out by this catalog
   */
  RunPage list(Which which, int limit, Optional<String> cursor);

  /**
   * The runs that the broker may still hold, oldest first: the running ones, and ended ones not yet
   * released.
   *
   * @param limit most rows returned, from 1 to 10,000
   */
  List<Run> held(int limit);

  /** How many runs are running. */
  long countRunning();

  /**
   * How many events all runs have, of which each is counted once: with its run's row, in the very
   * transaction that keeps the event. It reads the rows of the runs that the broker may still hold.
   */
  long countEvents();

  /**
   * Moves a running run to failed, which fences its writers.
   *
   * @return whether this call moved it; false if it had ended before
   */
  boolean fail(String runId, Failure failure, Instant at);

  /**
   * Moves a running run to failed, which fences its writers, unless it has gone on since it was
   * looked at.
   *
   * @param nEvents the events that it had then
   * @return whether this call moved it; false if it had ended or gone on before
   */
  boolean abandon(String runId, long nEvents, Failure failure, Instant at);

  /**
   * Notes where a run's archive is and how it ended; a running run becomes complete, a failed one
   * stays failed. Doing it again changes nothing.
   *
   * @throws UnknownRun if there is no such run
   */
  void archived(String runId, String dbPath, Run.Summary summary, Instant at);

  /**
   * Notes that the broker holds nothing of this ended run. Doing it again changes nothing.
   *
   * @throws UnknownRun if there is no such run
   * @throws IllegalStateException if the run is running
   */
  void released(String runId);

  /** Which runs a list is of. */
  enum Which {
    ALL,
    ARCHIVED
  }
}
