package arena.comparison;

import arena.catalog.Catalog;
import arena.comparison.Design.CellPlan;
import arena.journal.Journal;
import arena.lifecycle.CreateFork;
import arena.lifecycle.CreateRun;
import arena.lifecycle.StartRun;
import arena.lifecycle.StopRun;
import arena.lifecycle.TurnTask;
import arena.run.ForkRequest;
import arena.run.Limits;
import arena.run.ProfileFields;
import arena.run.RunRequest;
import arena.world.Scenario;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of the state machine that plays a comparison. Each is idempotent, and continues what an
 * earlier attempt of it, or an earlier execution, did.
 */
public final class PlayCells {
  private static final Logger LOG = LoggerFactory.getLogger(PlayCells.class);

  /**
   * Maximum number of passes over the cells of one execution. A pass leaves cells if replicas were
   * added meanwhile, or if a task failed for longer than its retries take.
   */
  static final int MAX_PASSES = 10;

  private final Comparisons comparisons;
  private final ComparisonArchive archive;
  private final WakeComparisons wake;
  private final CreateRun createRun;
  private final CreateFork createFork;
  private final StopRun stopRun;
  private final EndCell endCell;
  private final int concurrency;
  private final InstantSource clock;

  /**
   * @param runs how runs are created and stopped
   * @param concurrency maximum number of cells that are played at a time on one provider
   */
  public PlayCells(
      Comparisons comparisons,
      ComparisonArchive archive,
      WakeComparisons wake,
      Catalog catalog,
      Journal journal,
      Runs runs,
      int concurrency,
      InstantSource clock) {
    this.comparisons = comparisons;
    this.archive = archive;
    this.wake = wake;
    this.createRun = runs.createRun();
    this.createFork = runs.createFork();
    this.stopRun = runs.stopRun();
    this.endCell = new EndCell(comparisons, catalog, journal, runs.stopRun(), clock);
    this.concurrency = concurrency;
    this.clock = clock;
  }

  /** How runs are created and stopped. */
  public record Runs(CreateRun createRun, CreateFork createFork, StopRun stopRun) {}

  // ---- providers

  /** The result of {@link #claim}. */
  public sealed interface Claim {
    /** Play these cells. */
    record Play(List<Group> providers) implements Claim {}

    /** A comparison before it needs one of its providers; the end of that one wakes it. */
    record Queued() implements Claim {}

    /** There is nothing to play. */
    record Nothing() implements Claim {}
  }

  /**
   * The cells of a provider.
   *
   * @param concurrency maximum number of them that are played at a time
   * @param cells their numbers
   */
  public record Group(String provider, int concurrency, List<Integer> cells) {}

  /** Claims the providers of a comparison, if it is its turn. */
  public Claim claim(ComparisonId id) {
    Optional<ComparisonId> other = comparisons.claim(id);
    if (other.isPresent()) {
      LOG.atInfo()
          .addKeyValue("comparison_id", id)
          .addKeyValue("waits_for", other.get())
          .log("comparison waits for another");
      return new Claim.Queued();
    }
    Map<String, List<Integer>> cells = new TreeMap<>();
    for (Cell cell : comparisons.cells(require(id))) {
      if (!cell.state().ended()) {
        cells.computeIfAbsent(cell.plan().provider(), _ -> new ArrayList<>()).add(cell.number());
      }
    }
    return cells.isEmpty()
        ? new Claim.Nothing()
        : new Claim.Play(
            cells.entrySet().stream()
                .map(group -> new Group(group.getKey(), concurrency, group.getValue()))
                .toList());
  }

  /**
   * Ends the execution of a comparison, and wakes those that wait for it.
   *
   * @param passes passes over the cells of its execution so far
   * @return false if cells are left for another pass
   * @throws CellsLeft if cells are left, and this execution has had all its passes
   */
  public boolean release(ComparisonId id, int passes) {
    Comparison played = require(id);
    if (played.progress().cells().pending() == 0 && archiveAndRelease(played)) {
      Comparison comparison = require(id);
      LOG.atInfo()
          .addKeyValue("comparison_id", id)
          .addKeyValue("status", comparison.status().label())
          .addKeyValue("cells_complete", comparison.progress().cells().complete())
          .addKeyValue("cells_failed", comparison.progress().cells().failed())
          .addKeyValue("cells_not_started", comparison.progress().cells().notStarted())
          .addKeyValue("cost_usd", comparison.progress().costUsd())
          .log("comparison ended");
      wake.wakeNext();
      return true;
    }
    if (passes >= MAX_PASSES) {
      throw new CellsLeft(id);
    }
    return false;
  }

  /**
   * Ends a comparison whose cells have ended, so that its archive cannot be older than its end.
   * Archives first, because the task is not repeated once the end is stored.
   */
  private boolean archiveAndRelease(Comparison played) {
    archive.write(played, comparisons.cells(played));
    return comparisons.release(played.id());
  }

  // ---- cells

  /** The result of {@link #start}. */
  public sealed interface Start {
    /** Start the execution of the cell's run with this input. */
    record Play(TurnTask task) implements Start {}

    /** The run has ended: end the cell. */
    record End() implements Start {}

    /** The cell has ended, or is not to be started. */
    record Skip() implements Start {}
  }

  /**
   * Starts a cell, or continues one that was started: creates its run, whose execution the state
   * machine then starts.
   */
  public Start start(ComparisonId id, int number) {
    Comparison comparison = require(id);
    if (comparison.status() == ComparisonStatus.WAITING) {
      return new Start.Skip(); // another comparison has the providers
    }
    Cell cell = comparisons.cell(comparison, number);
    if (cell.state() == Cell.State.PLANNED) {
      if (!comparisons.start(id, number, clock.instant())) {
        comparison = require(id);
        stopIfBudgetIsSpent(comparison);
      }
      cell = comparisons.cell(comparison, number);
    }
    if (cell.state() != Cell.State.RUNNING) {
      return new Start.Skip();
    }
    StartRun.Prepared prepared = prepare(comparison, cell);
    if (prepared.first().isEmpty()) {
      return new Start.End();
    }
    // A cancellation stops the runs that exist; this one may be younger.
    if (isCancelled(require(id))) {
      stopRun.stop(cell.runId());
      return new Start.End();
    }
    return new Start.Play(prepared.first().get());
  }

  private void stopIfBudgetIsSpent(Comparison comparison) {
    Comparison.Progress progress = comparison.progress();
    if (progress.status().startsCells()
        && comparison.budget().spentBy(progress.costUsd(), progress.turns())
        && comparisons.stop(comparison.id(), StopReason.BUDGET)) {
      LOG.atInfo()
          .addKeyValue("comparison_id", comparison.id())
          .addKeyValue("cost_usd", progress.costUsd())
          .addKeyValue("turns", progress.turns())
          .log("budget of comparison spent");
    }
  }

  private static boolean isCancelled(Comparison comparison) {
    return comparison.status() == ComparisonStatus.CANCELLED;
  }

  private StartRun.Prepared prepare(Comparison comparison, Cell cell) {
    CellPlan plan = cell.plan();
    String label = label(comparison, plan);
    return switch (comparison.design()) {
      case Design.Experiment experiment ->
          createFork.prepare(
              new ForkRequest(
                  experiment.parentRunId(),
                  experiment.parentT(),
                  plan.mutation(),
                  experiment.nTurns(),
                  String.format(
                      Locale.ROOT, "experiment %s, cell %d", comparison.id(), plan.number()),
                  ProfileFields.of(plan.profile())),
              experiment.start(),
              label,
              cell.runId());
      case Design.Race race ->
          createRun.prepare(
              new RunRequest(
                  Scenario.fromLabel(plan.scenario()).orElseThrow(),
                  plan.profile(),
                  race.nTurns(),
                  label),
              cell.runId());
    };
  }

  /** The label of a cell's run: who plays where, and in which comparison. */
  private static String label(Comparison comparison, CellPlan plan) {
    return Limits.cut(
        String.format(
            Locale.ROOT,
            "%s · %s · %d · %s",
            plan.player(),
            plan.scenario(),
            plan.round(),
            comparison.label()),
        Limits.MAX_LABEL);
  }

  /** Ends a cell with the result of its run; see {@link EndCell#end}. */
  public EndCell.Result end(ComparisonId id, int number, long waited) {
    return endCell.end(require(id), number, waited);
  }

  private Comparison require(ComparisonId id) {
    return comparisons.find(id).orElseThrow(() -> new UnknownComparison(id.value()));
  }
}
