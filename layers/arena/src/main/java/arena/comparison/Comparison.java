package arena.comparison;

import java.time.Instant;
import java.util.Optional;

/**
 * An experiment or a race: its plan, and how far it is.
 *
 * @param design what is compared; changes only by added replicas
 * @param seed of the random numbers of its statistics
 */
public record Comparison(
    ComparisonId id,
    String label,
    Instant createdAt,
    Design design,
    Budget budget,
    long seed,
    Progress progress) {

  /**
   * How far a comparison is. The counts, cost and turns are changed together with the cells.
   *
   * @param stopReason why no further cells start; empty while they do
   * @param waitsFor the comparison that it waits for; present while it waits
   * @param generation number of the execution that plays it, from 0
   * @param open whether an execution still plays it, or has to
   * @param costUsd cost of its ended cells
   * @param costKnown whether the cost of all ended cells is known
   * @param turns turns of its ended cells
   */
  public record Progress(
      ComparisonStatus status,
      Optional<StopReason> stopReason,
      Optional<ComparisonId> waitsFor,
      int generation,
      boolean open,
      Counts cells,
      double costUsd,
      boolean costKnown,
      long turns) {
    /** The progress of a new comparison. */
    public static Progress start(int cells) {
      return new Progress(
          ComparisonStatus.RUNNING,
          Optional.empty(),
          Optional.empty(),
          0,
          true,
          new Counts(cells, 0, 0, 0, 0),
          0,
          true,
          0);
    }
  }

  /** Number of cells in each state. */
  public record Counts(int planned, int running, int complete, int failed, int notStarted) {
    /** Cells that have not ended. */
    public int pending() {
      return planned + running;
    }
  }

  /** A comparison that was just requested. */
  public static Comparison requested(
      ComparisonId id,
      String label,
      Instant createdAt,
      Design design,
      Budget budget,
      Optional<Long> seed) {
    return new Comparison(
        id,
        label,
        createdAt,
        design,
        budget,
        seed.orElseGet(id::seed),
        Progress.start(design.cells()));
  }

  /** The kind of its design. */
  public ComparisonKind kind() {
    return design.kind();
  }

  /** Its status. */
  public ComparisonStatus status() {
    return progress.status();
  }

  /** Returns the state of a cell that the store has nothing of. */
  public Cell unstarted(int number) {
    Design.CellPlan plan = design.cell(number);
    return progress
        .stopReason()
        .map(reason -> Cell.notStarted(plan, id.runOf(number), reason))
        .orElseGet(() -> Cell.planned(plan, id.runOf(number)));
  }
}
