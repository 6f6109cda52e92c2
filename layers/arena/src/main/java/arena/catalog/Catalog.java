package arena.catalog;

import arena.error.DependencyUnavailable;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.run.UnknownRun;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Stores one row per run. Rows are created by {@link arena.journal.Journal#create}. Every method
 * throws {@link DependencyUnavailable} for retryable failures. Lists are eventually consistent; the
 * rows they return are current.
 */
public interface Catalog {
  /** Finds a run with a consistent read. */
  Optional<Run> find(RunId runId);

  /**
   * Lists runs, newest first. A page with a filter by text, or by several conditions, may have
   * fewer runs than the limit, even none, and still have a next one, because a bounded number of
   * runs is read for each page.
   *
   * @param limit maximum number of runs, from 1 to 100
   * @param cursor the previous page's {@link RunPage#next}; empty for the first page
   * @throws InvalidCursor if the cursor is invalid
   */
  RunPage list(Filter filter, int limit, Optional<String> cursor);

  /**
   * Lists the runs that the broker may hold, oldest first: running runs, and ended ones that are
   * not yet released.
   *
   * @param limit maximum number of runs, from 1 to {@value #MAX_HELD}
   */
  List<Run> held(int limit);

  /**
   * Reads the counters with one call, independent of the number of runs. Events and running runs
   * are counted exactly.
   */
  Counters counters();

  /** Counts deliveries to readers. Idempotent for repetitions within minutes. */
  void countDeliveries(RunId runId, Deliveries deliveries);

  /**
   * Sets a running run to failed, which fences its writers.
   *
   * @return false if the run had already ended
   */
  boolean fail(RunId runId, Failure failure, Instant at);

  /**
   * Sets a running run to failed, which fences its writers, unless it has made progress.
   *
   * @param nEvents the number of events when the run was last read
   * @return false if the run had already ended or has more events
   */
  boolean abandon(RunId runId, long nEvents, Failure failure, Instant at);

  /**
   * Records a run's archive address and summary; a running run becomes complete, a failed one stays
   * failed. Idempotent.
   *
   * @return false if the run was already archived
   * @throws UnknownRun if the run does not exist
   */
  boolean markArchived(RunId runId, String dbPath, Run.Summary summary, Instant at);

  /**
   * Records the first turn at which a run departs from the log that it plays again. Later calls
   * change nothing.
   *
   * @throws arena.run.UnknownRun if the run does not exist
   */
  void markDeparted(RunId runId, int t);

  /**
   * Records that the broker has no data of ended runs. Idempotent; if it fails, none is changed.
   *
   * @param runIds at most {@value #MAX_RELEASED}
   * @throws UnknownRun if a run does not exist
   * @throws IllegalStateException if a run is running
   */
  void markReleased(List<RunId> runIds);

  /** Releases one run; see {@link #markReleased(List)}. */
  default void markReleased(RunId runId) {
    markReleased(List.of(runId));
  }

  /** Maximum number of runs of {@link #held}. */
  int MAX_HELD = 10_000;

  /** Maximum number of runs of {@link #markReleased(List)}. */
  int MAX_RELEASED = 25;

  /**
   * Deliveries to the readers of a run.
   *
   * @param id unique id, at most 36 characters
   */
  record Deliveries(String id, long eventsStreamed, long streamsDropped) {}

  /**
   * The runs to list: those that meet all conditions.
   *
   * @param archived whether only archived runs are listed
   * @param status their status; empty for any
   * @param parent the run that they were forked from; empty for any
   * @param text a part of their label, in any case; empty for any
   */
  record Filter(
      boolean archived, Optional<RunStatus> status, Optional<RunId> parent, Optional<String> text) {
    /** Lists every run. */
    public static final Filter ALL =
        new Filter(false, Optional.empty(), Optional.empty(), Optional.empty());

    /** Lists the archived runs. */
    public static final Filter ARCHIVED =
        new Filter(true, Optional.empty(), Optional.empty(), Optional.empty());

    /** Whether a run meets all conditions. */
    public boolean matches(Run run) {
      return (!archived || run.archived())
          && status.stream().allMatch(run.status()::equals)
          && parent.stream()
              .allMatch(id -> run.origin().filter(o -> o.parentRunId().equals(id)).isPresent())
          && text.stream().allMatch(part -> lower(run.label()).contains(lower(part)));
    }

    private static String lower(String text) {
      return text.toLowerCase(Locale.ROOT);
    }
  }
}
