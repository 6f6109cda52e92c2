package arena.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import arena.agent.Decision;
import arena.comparison.Design.Arm;
import arena.error.ErrorKind;
import arena.json.Json;
import arena.lifecycle.CreateFork;
import arena.lifecycle.CreateRun;
import arena.lifecycle.FinalizeRun;
import arena.lifecycle.ReplayExecutions;
import arena.lifecycle.StartRun;
import arena.lifecycle.StopRun;
import arena.lifecycle.TurnTask;
import arena.metrics.Metrics;
import arena.run.Failure;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.simulation.stores.Call;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.ScriptedNetwork;
import arena.simulation.stores.SimulatedComparisons;
import arena.simulation.stores.SimulatedObjects;
import arena.simulation.stores.SimulatedStores;
import arena.simulation.stores.SteppingClock;
import arena.stream.VirtualThreadTaskRunner;
import arena.world.Age;
import arena.world.Scenario;
import arena.world.World;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The tasks of a comparison over simulated stores. */
class PlayCellsTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final RunId PARENT = RunId.of("0123456789abcdef0123456789abcdef");
  private static final ComparisonId ID = ComparisonId.of("fedcba9876543210fedcba9876543210");
  private static final int TURNS = 3;

  private final SteppingClock clock = new SteppingClock(START);
  private final SimulatedStores stores = new SimulatedStores(clock);
  private final SimulatedComparisons comparisons = new SimulatedComparisons(stores.network);
  private final SimulatedObjects objects = new SimulatedObjects(stores.network);
  private final PlayCells playCells = playCells();

  private PlayCells playCells() {
    StartRun startRun =
        new StartRun(stores.catalog, stores.journal, stores.broker, new NoExecutions(), clock);
    return new PlayCells(
        comparisons,
        new ComparisonArchive(objects),
        new WakeComparisons(comparisons, new NoComparisonExecutions()),
        stores.catalog,
        stores.journal,
        new PlayCells.Runs(
            new CreateRun(startRun, clock),
            new CreateFork(stores.catalog, stores.events(), startRun, clock),
            stopRun()),
        1,
        clock);
  }

  private StopRun stopRun() {
    return new StopRun(stores.catalog, new NoExecutions(), (_, _) -> {}, clock);
  }

  /** The executions of runs, which the test plays itself. */
  private static final class NoExecutions implements ReplayExecutions {
    @Override
    public void start(TurnTask first) {
      throw new AssertionError("the state machine starts the runs of cells");
    }

    @Override
    public void stop(RunId runId, String cause) {}
  }

  /** The executions of comparisons, of which this one does not wait. */
  private static final class NoComparisonExecutions implements ComparisonExecutions {
    @Override
    public void start(ComparisonId id, int generation) {
      throw new AssertionError("no comparison waits");
    }

    @Override
    public State state(ComparisonId id, int generation) {
      return State.RUNNING;
    }
  }

  private void createExperiment(World start) {
    RunFixtures.begin(stores.journal, PARENT, TURNS, START);
    create(ID, start);
    playCells.claim(ID);
  }

  private void create(ComparisonId id, World start) {
    Arm control = new Arm("control", Mutation.NONE, Profile.DEFAULT);
    Arm other = new Arm("other", Mutation.NONE, Profile.DEFAULT.withName("other"));
    comparisons.create(
        Comparison.requested(
            id,
            "label",
            START,
            new Design.Experiment(
                PARENT,
                0,
                Scenario.BALANCED.label(),
                start,
                List.of(control, other),
                "control",
                1,
                TURNS),
            Budget.NONE,
            Optional.empty()));
  }

  private void fail(RunId runId) {
    new FinalizeRun(stores.catalog, stores.journal, stores.archive, clock, Metrics.NONE)
        .finalizeRun(runId, Optional.of(Failure.of(ErrorKind.MODEL_REFUSED, "refused")));
  }

  @Test
  void keepsTheTurnOfTheFeudalAgeOfRunThatFailsLater() {
    World dark = Scenario.BALANCED.start();
    createExperiment(
        new World(
            dark.food(),
            dark.wood(),
            dark.gold(),
            dark.stone(),
            dark.population(),
            dark.popCap(),
            Age.FEUDAL,
            dark.buildings(),
            dark.villagerQueue(),
            dark.ageUpTicksRemaining(),
            dark.turn()));
    PlayCells.Start.Play play =
        assertInstanceOf(PlayCells.Start.Play.class, playCells.start(ID, 0));
    stores
        .playTurn(() -> new Decision(List.of(), "waits", 0), new VirtualThreadTaskRunner())
        .play(play.task());
    fail(play.task().runId());
    playCells.end(ID, 0, 0);
    CellOutcome outcome = comparisons.cellsOf(ID).getFirst().outcome().orElseThrow();
    assertEquals(1, outcome.turns());
    assertEquals(Optional.of(0), outcome.feudalT());
  }

  @Test
  void archivesCellThatEndsDuringTheRelease() {
    createExperiment(Scenario.BALANCED.start());
    for (int cell = 0; cell < 2; cell++) {
      comparisons.start(ID, cell, START);
    }
    CellOutcome failed = CellOutcome.failed(Failure.of(ErrorKind.MODEL_REFUSED, "refused"));
    comparisons.end(ID, 0, failed, START);
    stores.network.after(
        Call.COMPARISONS_CELLS, ScriptedNetwork.once(_ -> comparisons.end(ID, 1, failed, START)));
    for (int pass = 1; pass < PlayCells.MAX_PASSES && !playCells.release(ID, pass); pass++) {
      comparisons.end(ID, 1, failed, START);
    }
    assertEquals(List.of("failed", "failed"), archivedStates());
  }

  /** Otherwise it stays in the queue, and those behind it wait until the reaper finds it. */
  @Test
  void endsComparisonThatBeginsToWaitWhileItIsCancelled() {
    createExperiment(Scenario.BALANCED.start());
    ComparisonId other = ComparisonId.of("0123456789abcdef0123456789abcdef");
    create(other, Scenario.BALANCED.start());
    List<Integer> started = new ArrayList<>();
    ComparisonExecutions executions =
        new ComparisonExecutions() {
          @Override
          public void start(ComparisonId id, int generation) {
            assertEquals(other, id);
            started.add(generation);
          }

          @Override
          public State state(ComparisonId id, int generation) {
            return State.RUNNING;
          }
        };
    stores.network.after(Call.COMPARISONS_FIND, ScriptedNetwork.once(_ -> playCells.claim(other)));
    new CancelComparison(
            comparisons,
            new WakeComparisons(comparisons, executions),
            new StopCells(comparisons, stopRun(), new VirtualThreadTaskRunner(), clock),
            clock)
        .cancel(ComparisonKind.EXPERIMENT, other);
    assertEquals(List.of(1), started);
  }

  @Test
  void stopsTheRunOfAbandonedCell() {
    createExperiment(Scenario.BALANCED.start());
    PlayCells.Start.Play play =
        assertInstanceOf(PlayCells.Start.Play.class, playCells.start(ID, 0));
    new EndCell(comparisons, stores.catalog, stores.journal, stopRun(), clock)
        .abandon(ID, comparisons.cellsOf(ID).getFirst());
    assertEquals(RunStatus.FAILED, stores.catalog.find(play.task().runId()).orElseThrow().status());
    assertEquals(Cell.State.FAILED, comparisons.cellsOf(ID).getFirst().state());
  }

  private List<String> archivedStates() {
    return objects
        .find("comparisons/" + ID + ".jsonl")
        .orElseThrow()
        .lines()
        .map(PlayCellsTest::status)
        .toList();
  }

  private static String status(String line) {
    try {
      return Json.read(line).path("status").asText();
    } catch (JsonProcessingException e) {
      throw new AssertionError(line, e);
    }
  }
}
