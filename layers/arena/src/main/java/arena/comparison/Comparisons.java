package arena.comparison;

import arena.catalog.InvalidCursor;
import arena.error.DependencyUnavailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stores comparisons: one item for each plan with its progress, one for each cell that was started,
 * one for each provider that a comparison plays on, and one for the place of each open comparison
 * in the queue. A cell and the progress change in one transaction. Every method throws {@link
 * DependencyUnavailable} for retryable failures.
 */
public interface Comparisons {
  /** Maximum number of comparisons of a page. */
  int MAX_PAGE = 100;

  /** Maximum number of comparisons that are open. */
  int MAX_OPEN = 100;

  /**
   * Creates a comparison, at the end of the queue. Idempotent.
   *
   * @return the comparison as created by this or an earlier call with its id
   */
  Comparison create(Comparison comparison);

  /** Finds a comparison with a consistent read. */
  Optional<Comparison> find(ComparisonId id);

  /** Reads a comparison's cells, all of them, by number. */
  List<Cell> cells(Comparison comparison);

  /** Reads one cell with a consistent read. */
  Cell cell(Comparison comparison, int number);

  /**
   * Lists comparisons of a kind, newest first. Eventually consistent; the rows are current.
   *
   * @param limit from 1 to {@value #MAX_PAGE}
   * @param cursor the previous page's {@link ComparisonPage#next}; empty for the first page
   * @throws InvalidCursor if the cursor is invalid
   */
  ComparisonPage list(ComparisonKind kind, int limit, Optional<String> cursor);

  /**
   * Lists comparisons that an execution plays, or has to, oldest first. Eventually consistent; the
   * rows are current.
   *
   * @param limit from 1 to {@value #MAX_OPEN}
   */
  List<Comparison> open(int limit);

  /** Reads the open comparisons in the order in which they may play, with a consistent read. */
  ComparisonQueue queue();

  /**
   * Claims the providers of a comparison, all or none. Idempotent. The comparison is running
   * afterwards, or waiting for the first one before it in the queue that needs one of them. That
   * one is open when the status changes, so its release finds this one waiting.
   *
   * @return the comparison that it waits for; empty if it may play, or starts no further cells
   */
  Optional<ComparisonId> claim(ComparisonId id);

  /**
   * Changes a waiting comparison to running, and the number of the execution that plays it to the
   * next one.
   *
   * @return false if it does not wait, or another call was first
   */
  boolean wake(ComparisonId id, int generation);

  /**
   * Starts a cell, under the condition that the comparison starts cells and its budget is not
   * spent.
   *
   * @return false if the cell has been started before, or must not be started; nothing is changed
   */
  boolean start(ComparisonId id, int cell, Instant at);

  /**
   * Ends a running cell, and adds its cost and turns.
   *
   * @return false if the cell is not running; nothing is changed
   */
  boolean end(ComparisonId id, int cell, CellOutcome outcome, Instant at);

  /**
   * Stops a comparison that starts cells: those that are not started never will be.
   *
   * @return false if it starts no cells any more; nothing is changed
   */
  boolean stop(ComparisonId id, StopReason reason);

  /**
   * Changes the number of an experiment's replicas to a larger one, and opens it if it is complete,
   * at the end of the queue.
   *
   * @param at the time of the change
   * @return false if the experiment has changed since it was read, or starts no cells any more
   */
  boolean addReplicas(Comparison experiment, int replicas, Instant at);

  /**
   * Releases a comparison's providers and its place in the queue, after which no execution plays
   * it; one that starts cells is complete. Idempotent.
   *
   * @return false if it has pending cells; nothing is changed
   */
  boolean release(ComparisonId id);

  /**
   * Changes the number of the execution that plays an open comparison to the next one.
   *
   * @return false if it is not open, or another call was first
   */
  boolean nextGeneration(ComparisonId id, int generation);
}
