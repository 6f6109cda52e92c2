package arena.comparison;

import arena.catalog.Catalog;
import arena.comparison.Design.CellPlan;
import arena.error.ErrorKind;
import arena.journal.Journal;
import arena.lifecycle.CreateFork;
import arena.lifecycle.CreateRun;
import arena.lifecycle.StartRun;
import arena.lifecycle.StopRun;
import arena.lifecycle.TurnTask;
import arena.run.Failure;
import arena.run.ForkRequest;
import arena.run.Limits;
import arena.run.ProfileFields;
import arena.run.Run;
import arena.run.RunRequest;
import arena.run.RunStatus;
import arena.world.Scenario;
import java.time.Duration;
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

  /** Maximum time that a cell waits for its run: a run has six hours, and its end an hour. */
  static final Duration MAX_WAIT_FOR_RUN = Duration.ofHours(7);

  /** Maximum time that an ended run's archive is waited for; its cost is unknown without it. */
  static final Duration MAX_WAIT_FOR_ARCHIVE = Duration.ofHours(1);

  /** Maximum time that a cell waits for a run that could not be created. */
  static final Duration MAX_WAIT_FOR_CREATION = Duration.ofMinutes(10);

  /**
   * Maximum number of passes over the cells of one execution. A pass leaves cells if replicas were
   * added meanwhile, or if a task failed for longer than its retries take.
   */
  static final int MAX_PASSES = 10;

  private static final Waits RUN_WAITS = new Waits(5, 1_800);

  /** Events of a fork before its first turn: {@code fork} and {@code world_mutation}. */
  private static final int MAX_FIRST_EVENTS = 2;

  private final Comparisons comparisons;
  private final ComparisonArchive archive;
  private final WakeComparisons wake;
  private final Catalog catalog;
  private final CellOutcomes outcomes;
  private final CreateRun createRun;
  private final CreateFork createFork;
  private final StopRun stopRun;
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
    this.catalog = catalog;
    this.outcomes = new CellOutcomes(journal);
    this.createRun = runs.createRun();
    this.createFork = runs.createFork();
    this.stopRun = runs.stopRun();
    this.concurrency = concurrency;
    this.clock = clock;
  }

  /** How runs are created and stopped. */
  public record Runs(CreateRun createRun, CreateFork createFork, StopRun stopRun) {}

  /**
   * Waits that grow with the time waited so far, so that an execution's history is bounded.
   *
   * @param first the first wait, in seconds
   * @param longest the longest wait, in seconds
   */
  private record Waits(int first, int longest) {
    int after(long waited) {
      return Math.clamp(waited, first, longest);
    }
  }

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

  /** The result of {@link #end}. */
  public sealed interface End {
    /** The cell has ended. */
    record Done() implements End {}

    /** The run has not ended: end the cell after this time. */
    record Wait(int seconds) implements End {}

    /** The run has not started: start the cell again after this time. */
    record Restart(int seconds) implements End {}
  }

  /**
   * Ends a cell with the result of its run.
   *
   * @param waited seconds that the cell has waited for its run
   */
  public End end(ComparisonId id, int number, long waited) {
    Comparison comparison = require(id);
    Cell cell = comparisons.cell(comparison, number);
    if (cell.state() != Cell.State.RUNNING) {
      return new End.Done(); // also one that could not be started, which a later pass starts
    }
    Optional<Run> run = catalog.find(cell.runId());
    if (run.isEmpty()) {
      return waited < MAX_WAIT_FOR_CREATION.toSeconds()
          ? new End.Restart(RUN_WAITS.after(waited))
          : end(cell, id, failed(ErrorKind.NOT_STARTED, "the run of the cell was not created"));
    }
    if (run.get().status() == RunStatus.RUNNING) {
      return running(id, cell, run.get(), waited);
    }
    if (!run.get().archived() && waited < MAX_WAIT_FOR_ARCHIVE.toSeconds()) {
      return new End.Wait(RUN_WAITS.after(waited));
    }
    return end(cell, id, outcomes.of(run.get()));
  }

  private End running(ComparisonId id, Cell cell, Run run, long waited) {
    if (waited >= MAX_WAIT_FOR_RUN.toSeconds()) {
      stopRun.stop(run.runId());
      return end(
          cell,
          id,
          failed(
              ErrorKind.ABANDONED,
              String.format(Locale.ROOT, "not ended within %d hours", MAX_WAIT_FOR_RUN.toHours())));
    }
    int seconds = RUN_WAITS.after(waited);
    // Without an event of a turn, the run's execution may not have been started.
    return run.nEvents() <= MAX_FIRST_EVENTS ? new End.Restart(seconds) : new End.Wait(seconds);
  }

  private End end(Cell cell, ComparisonId id, CellOutcome outcome) {
    if (comparisons.end(id, cell.number(), outcome, clock.instant())) {
      LOG.atInfo()
          .addKeyValue("comparison_id", id)
          .addKeyValue("cell", cell.number())
          .addKeyValue("run_id", cell.runId())
          .addKeyValue("state", outcome.state().label())
          .addKeyValue("cost_usd", outcome.costUsd())
          .log("cell ended");
    }
    return new End.Done();
  }

  private static CellOutcome failed(ErrorKind kind, String message) {
    return CellOutcome.failed(Failure.of(kind, message));
  }

  private Comparison require(ComparisonId id) {
    return comparisons.find(id).orElseThrow(() -> new UnknownComparison(id.value()));
  }
}
