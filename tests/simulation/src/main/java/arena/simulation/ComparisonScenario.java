package arena.simulation;

import arena.agent.OfferedModels;
import arena.catalog.Catalog;
import arena.comparison.CancelComparison;
import arena.comparison.CellTask;
import arena.comparison.ComparisonArchive;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonKind;
import arena.comparison.ComparisonQueries;
import arena.comparison.CreateComparison;
import arena.comparison.EndCell;
import arena.comparison.Estimator;
import arena.comparison.PlayCells;
import arena.comparison.ResumeComparisons;
import arena.comparison.StopCells;
import arena.comparison.WakeComparisons;
import arena.http.ComparisonRoutes;
import arena.http.IdempotentRequests;
import arena.http.Router;
import arena.journal.Journal;
import arena.lifecycle.CreateFork;
import arena.lifecycle.CreateRun;
import arena.lifecycle.StopRun;
import arena.run.RunId;
import arena.simulation.clients.ComparisonClient;
import arena.simulation.clients.HttpClientApi;
import arena.simulation.cloud.CompareExecutions;
import arena.simulation.cloud.Definitions;
import arena.simulation.cloud.Executions;
import arena.simulation.cloud.Lambda;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.invariants.Facts;
import arena.simulation.invariants.Invariants;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.scheduler.SimulatedTaskRunner;
import arena.simulation.stores.SimulatedComparisons;
import arena.simulation.stores.SimulatedObjects;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** The experiments and races of a simulation: their functions, executions and clients. */
final class ComparisonScenario {
  private static final long SECOND = 1_000_000;

  /** One of this many simulations has comparisons, in addition to those that target a fault. */
  private static final int SHARE = 12;

  private static final int MAX_CLIENTS = 3;
  private static final int MAX_CONCURRENCY = 3;

  /** The part of the reaper's time that comparisons may take. */
  private static final int REAPER_SHARE = 10;

  private final Scheduler scheduler;
  private final FaultInjector faults;
  private final Random random;
  private final Invariants invariants;
  private final InstantSource clock;
  private final SimulatedComparisons comparisons;
  private final PlayCells playCells;
  private final ResumeComparisons resumeComparisons;
  private final CreateComparison createComparison;
  private final CancelComparison cancelComparison;
  private final ComparisonQueries queries;
  private final boolean played;
  private final List<ComparisonClient> clients = new ArrayList<>();

  /** What comparisons need of the simulated cloud. */
  record Cloud(
      Definitions definitions,
      Lambda lambda,
      Scheduler scheduler,
      FaultyNetwork network,
      FaultInjector faults,
      Random random,
      Trace trace) {}

  /** What comparisons need of the runs. */
  record Runs(
      Catalog catalog,
      Journal journal,
      Executions executions,
      CreateRun createRun,
      CreateFork createFork) {}

  ComparisonScenario(
      Cloud cloud, Runs runs, Facts facts, Invariants invariants, InstantSource clock) {
    this.scheduler = cloud.scheduler();
    this.faults = cloud.faults();
    this.random = cloud.random();
    this.invariants = invariants;
    this.clock = clock;
    played = faults.targetsComparisons() || random.nextInt(SHARE) == 0;
    comparisons = new SimulatedComparisons(cloud.network(), invariants);
    SimulatedObjects objects = new SimulatedObjects(cloud.network());
    ComparisonArchive archive = new ComparisonArchive(objects);
    StopRun stopRun = new StopRun(runs.catalog(), runs.executions(), runs.executions(), clock);
    CompareExecutions executions =
        new CompareExecutions(
            cloud.definitions(),
            this::playCell,
            runs.executions(),
            cloud.lambda(),
            scheduler,
            cloud.network(),
            faults,
            random,
            cloud.trace());
    WakeComparisons wake = new WakeComparisons(comparisons, executions);
    playCells =
        new PlayCells(
            comparisons,
            archive,
            wake,
            runs.catalog(),
            runs.journal(),
            new PlayCells.Runs(runs.createRun(), runs.createFork(), stopRun),
            1 + random.nextInt(MAX_CONCURRENCY),
            clock);
    facts.setComparisons(comparisons, objects, executions::isDoomed);
    EndCell endCell = new EndCell(comparisons, runs.catalog(), runs.journal(), stopRun, clock);
    StopCells stopCells =
        new StopCells(comparisons, stopRun, new SimulatedTaskRunner(scheduler), clock);
    resumeComparisons =
        new ResumeComparisons(comparisons, archive, endCell, stopCells, executions, clock);
    createComparison =
        new CreateComparison(
            comparisons,
            runs::createFork,
            executions,
            new Estimator(runs.catalog()),
            new OfferedModels("", true, true),
            clock);
    cancelComparison = new CancelComparison(comparisons, wake, stopCells, clock);
    queries = new ComparisonQueries(comparisons, runs.catalog());
    cloud
        .network()
        .beforeCreating(
            runId ->
                facts
                    .cellOf(RunId.of(runId))
                    .filter(_ -> faults.occurs(Event.COMPARISON_CANCELLED_AT_START, 1))
                    .ifPresent(cell -> cancel(cell.id())));
  }

  /** Cancels a comparison at the moment at which a run of it is created. */
  private void cancel(ComparisonId id) {
    ComparisonKind kind =
        comparisons.all().stream()
            .filter(comparison -> comparison.id().equals(id))
            .findFirst()
            .orElseThrow()
            .kind();
    ComparisonClient client = clients.get(random.nextInt(clients.size()));
    scheduler.start("operator-cancels", () -> client.cancel(kind, id));
    scheduler.sleep(random.nextLong(SECOND));
  }

  /** The function {@code play-cell}. */
  private String playCell(String json) {
    CellTask task = CellTask.read(json);
    invariants.taskStarts(task);
    return task.perform(playCells);
  }

  /** The routes of {@code create-comparison}. */
  Map<String, Router.Route> routes(IdempotentRequests idempotentRequests) {
    return ComparisonRoutes.over(
        idempotentRequests, () -> createComparison, () -> cancelComparison);
  }

  /** The queries of {@code read-comparisons}. */
  ComparisonQueries queries() {
    return queries;
  }

  /**
   * Starts the clients.
   *
   * @param runs ids of the known runs
   */
  void startClients(HttpClientApi api, Supplier<String> keys, Supplier<List<RunId>> runs) {
    for (int i = played ? 1 + random.nextInt(MAX_CLIENTS) : 0; i > 0; i--) {
      ComparisonClient client =
          new ComparisonClient(scheduler, api, faults, random, keys, runs, invariants::cancelled);
      clients.add(client);
      scheduler.start(String.format(Locale.ROOT, "operator-%d", i), client);
    }
  }

  /** The part of {@code reap-runs} that resumes comparisons. */
  void resume(Instant deadline) {
    if (!played) {
      return;
    }
    Instant now = clock.instant();
    try {
      resumeComparisons.resume(now.plus(Duration.between(now, deadline).dividedBy(REAPER_SHARE)));
    } catch (RuntimeException e) {
      invariants.failures().thrown(e); // the reaper goes on
    }
  }

  /** Whether there are comparisons. */
  boolean played() {
    return played;
  }

  /** Whether no comparison is open or will be created. */
  boolean isSettled() {
    return clients.stream().allMatch(ComparisonClient::isDone)
        && comparisons.all().stream().noneMatch(comparison -> comparison.progress().open());
  }
}
