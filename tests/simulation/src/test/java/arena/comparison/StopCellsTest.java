package arena.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.lifecycle.ReplayExecutions;
import arena.lifecycle.StopRun;
import arena.lifecycle.TurnTask;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.simulation.stores.InlineTaskRunner;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.SimulatedComparisons;
import arena.simulation.stores.SimulatedObjects;
import arena.simulation.stores.SimulatedStores;
import arena.simulation.stores.SteppingClock;
import arena.world.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The stops of a cancelled comparison's runs, of which not all fit into a request's time. */
class StopCellsTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final ComparisonId ID = ComparisonId.of("fedcba9876543210fedcba9876543210");
  private static final RunId PARENT = RunId.of("0123456789abcdef0123456789abcdef");
  private static final int RUNS = 200;
  private static final int TURNS = 3;

  private final SteppingClock clock = new SteppingClock(START);
  private final SimulatedStores stores = new SimulatedStores(clock);
  private final SimulatedComparisons comparisons = new SimulatedComparisons(stores.network);
  private final Executions executions = new Executions();
  private final WakeComparisons wake = new WakeComparisons(comparisons, executions);
  private final StopCells stopCells =
      new StopCells(
          comparisons,
          new StopRun(stores.catalog, executions, (_, _) -> {}, clock),
          InlineTaskRunner.INSTANCE,
          clock);

  /** The executions of runs and comparisons, of which none ends. */
  private static final class Executions implements ReplayExecutions, ComparisonExecutions {
    @Override
    public void start(TurnTask first) {}

    @Override
    public void stop(RunId runId, String cause) {}

    @Override
    public void start(ComparisonId id, int generation) {}

    @Override
    public State state(ComparisonId id, int generation) {
      return State.RUNNING;
    }
  }

  private void startRuns() {
    Design.Arm control = new Design.Arm("control", Mutation.NONE, Profile.DEFAULT);
    Design.Arm other = new Design.Arm("other", Mutation.NONE, Profile.DEFAULT.withName("other"));
    comparisons.create(
        Comparison.requested(
            ID,
            "label",
            START,
            new Design.Experiment(
                PARENT,
                0,
                Scenario.BALANCED.label(),
                Scenario.BALANCED.start(),
                List.of(control, other),
                "control",
                RUNS / 2,
                TURNS),
            Budget.NONE,
            Optional.empty()));
    comparisons.claim(ID);
    for (int cell = 0; cell < RUNS; cell++) {
      comparisons.start(ID, cell, START);
      RunFixtures.begin(stores.journal, ID.runOf(cell), TURNS, START);
    }
  }

  private long playing() {
    long count = 0;
    for (int cell = 0; cell < RUNS; cell++) {
      boolean runs =
          stores.catalog.find(ID.runOf(cell)).orElseThrow().status() == RunStatus.RUNNING;
      count += runs ? 1 : 0;
    }
    return count;
  }

  private Optional<Comparison> cancel() {
    return new CancelComparison(comparisons, wake, stopCells, clock)
        .cancel(ComparisonKind.EXPERIMENT, ID);
  }

  @Test
  void stopsAllRunsInTime() {
    startRuns();
    assertEquals(ComparisonStatus.CANCELLED, cancel().orElseThrow().status());
    assertEquals(0, playing());
  }

  @Test
  void reportsTheRunsForWhichTheTimeWasNotSufficientAndStopsThemWhenRepeated() {
    startRuns();
    clock.step(Duration.ofMillis(50));
    assertThrows(RunsNotStopped.class, this::cancel);
    long left = playing();
    assertEquals(
        ComparisonStatus.CANCELLED, comparisons.find(ID).orElseThrow().status(), "at once");
    clock.step(Duration.ZERO);
    cancel();
    assertEquals(List.of(true, 0L), List.of(left > 0 && left < RUNS, playing()));
  }

  @Test
  void reaperStopsTheRunsOfCancellationThatDied() {
    startRuns();
    comparisons.stop(ID, StopReason.CANCELLED);
    ResumeComparisons.Report report =
        new ResumeComparisons(
                comparisons,
                new ComparisonArchive(new SimulatedObjects(stores.network)),
                new EndCell(
                    comparisons,
                    stores.catalog,
                    stores.journal,
                    new StopRun(stores.catalog, executions, (_, _) -> {}, clock),
                    clock),
                stopCells,
                executions,
                clock)
            .resume(START.plus(Duration.ofMinutes(1)));
    assertEquals(List.of(0L, 0L), List.of(playing(), (long) report.failed()));
  }
}
