package arena.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.agent.Decision;
import arena.agent.OfferedModels;
import arena.journal.JournalEntry;
import arena.lifecycle.CreateFork;
import arena.lifecycle.ReplayExecutions;
import arena.lifecycle.StartRun;
import arena.lifecycle.TurnTask;
import arena.run.Limits;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.ProfileFields;
import arena.run.RunId;
import arena.simulation.stores.InlineTaskRunner;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.SimulatedComparisons;
import arena.simulation.stores.SimulatedStores;
import arena.simulation.stores.SteppingClock;
import arena.world.Scenario;
import arena.world.World;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Limits of new comparisons over simulated stores. */
class CreateComparisonTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final RunId PARENT = RunId.of("0123456789abcdef0123456789abcdef");
  private static final ComparisonRequest.Common COMMON =
      new ComparisonRequest.Common(1, Optional.empty(), Budget.NONE, Optional.empty(), false);

  private final SteppingClock clock = new SteppingClock(START);
  private final SimulatedStores stores = new SimulatedStores(clock);
  private final SimulatedComparisons comparisons = new SimulatedComparisons(stores.network);
  private final CreateComparison create =
      new CreateComparison(
          comparisons,
          () -> new CreateFork(stores.catalog, stores.events(), startRun(), clock),
          new Executions(),
          new Estimator(stores.catalog),
          new OfferedModels("", true, true),
          clock);

  private StartRun startRun() {
    return new StartRun(stores.catalog, stores.journal, stores.broker, new NoReplays(), clock);
  }

  private static final class NoReplays implements ReplayExecutions {
    @Override
    public void start(TurnTask first) {
      throw new AssertionError("no run is started");
    }

    @Override
    public void stop(RunId runId, String cause) {}
  }

  private static final class Executions implements ComparisonExecutions {
    @Override
    public void start(ComparisonId id, int generation) {}

    @Override
    public State state(ComparisonId id, int generation) {
      return State.RUNNING;
    }
  }

  private static ComparisonId id(int number) {
    return ComparisonId.of(String.format(Locale.ROOT, "%032x", number));
  }

  private Comparison race(int number) {
    ComparisonRequest.OfRace race =
        new ComparisonRequest.OfRace(
            List.of(Profile.DEFAULT, Profile.DEFAULT.withName("other")),
            List.of(Scenario.BALANCED),
            1,
            COMMON);
    return create.create(create.design(race), COMMON, id(number));
  }

  @Test
  void createsAtMostAHundredOpenComparisons() {
    for (int number = 0; number < Comparisons.MAX_OPEN; number++) {
      race(number);
    }
    TooManyComparisons refusal = assertThrows(TooManyComparisons.class, () -> race(100));
    assertEquals(Comparisons.MAX_OPEN, refusal.limit());
    assertEquals(id(7), race(7).id(), "repeated");
    comparisons.stop(id(7), StopReason.CANCELLED);
    comparisons.release(id(7));
    assertEquals(id(100), race(100).id());
  }

  @Test
  void refusesAStateThatIsTooLargeForAPlan() {
    World large = RunFixtures.withHouses(Limits.MAX_FORKED_STATE_BYTES / 8);
    stores.journal.create(
        RunFixtures.row(PARENT, 1, START),
        new JournalEntry(PARENT, 0, List.of(), Optional.of(large)));
    stores
        .playTurn(() -> new Decision(List.of(), "waits", 0), InlineTaskRunner.INSTANCE)
        .play(new TurnTask(PARENT, 0, 1, 0, 1, Profile.DEFAULT, false));
    ComparisonRequest.Arm control =
        new ComparisonRequest.Arm("control", Mutation.NONE, ProfileFields.NONE);
    ComparisonRequest.Arm other =
        new ComparisonRequest.Arm(
            "idle",
            Mutation.NONE,
            new ProfileFields(
                Optional.empty(),
                Optional.of("scripted:idle"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    InvalidComparison refusal =
        assertThrows(
            InvalidComparison.class,
            () ->
                create.design(
                    new ComparisonRequest.OfExperiment(
                        PARENT, 0, List.of(control, other), Optional.empty(), 1, COMMON)));
    assertEquals("parent_t", refusal.field());
    assertEquals(
        "a turn whose state has at most " + Limits.MAX_FORKED_STATE_BYTES + " bytes",
        refusal.limit());
  }
}
