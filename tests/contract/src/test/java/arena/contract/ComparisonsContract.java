package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.catalog.InvalidCursor;
import arena.comparison.Budget;
import arena.comparison.Cell;
import arena.comparison.CellOutcome;
import arena.comparison.Comparison;
import arena.comparison.Comparison.Counts;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonKind;
import arena.comparison.ComparisonPage;
import arena.comparison.ComparisonQueue;
import arena.comparison.ComparisonStatus;
import arena.comparison.Comparisons;
import arena.comparison.Design;
import arena.comparison.StopReason;
import arena.comparison.UnknownComparison;
import arena.error.ErrorKind;
import arena.run.Failure;
import arena.run.Limits;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.PromptVariant;
import arena.run.RunId;
import arena.simulation.stores.RunFixtures;
import arena.world.Age;
import arena.world.Scenario;
import arena.world.Score;
import arena.world.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The contract of {@link Comparisons}; each implementation has a subclass. */
abstract class ComparisonsContract {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00.123456Z");
  private static final Profile SCRIPTED = new Profile("one", "scripted", 0, PromptVariant.STRATEGY);
  private static final Profile BARE = new Profile("two", "scripted", 0.5, PromptVariant.BARE);
  private static final Profile REMOTE =
      new Profile("three", "openai:some-model", 1, PromptVariant.STRATEGY);

  /** The store under test; all instances of a test share their data. */
  abstract Comparisons comparisons();

  private static ComparisonId id(int number) {
    return ComparisonId.of(String.format(Locale.ROOT, "%032x", number));
  }

  private static Comparison race(int number, List<Profile> profiles, int rounds, Budget budget) {
    return Comparison.requested(
        id(number),
        "race " + number,
        NOW.plusSeconds(number),
        new Design.Race(profiles, List.of(Scenario.BALANCED, Scenario.FOOD_POOR), rounds, 30),
        budget,
        Optional.empty());
  }

  private Comparison race(int number) {
    return comparisons().create(race(number, List.of(SCRIPTED, BARE), 2, Budget.NONE));
  }

  private static Comparison experiment(int number, int replicas) {
    return Comparison.requested(
        id(number),
        "experiment " + number,
        NOW.plusSeconds(number),
        new Design.Experiment(
            RunId.of("0123456789abcdef0123456789abcdef"),
            7,
            "balanced",
            Scenario.BALANCED.start(),
            List.of(
                new Design.Arm("control", Mutation.NONE, SCRIPTED),
                new Design.Arm(
                    "rich",
                    new Mutation(
                        Optional.of(1500.0),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(12),
                        Optional.empty(),
                        Optional.of(Age.FEUDAL)),
                    SCRIPTED)),
            "control",
            replicas,
            10),
        new Budget(Optional.of(1.5), Optional.of(100L)),
        Optional.of(42L));
  }

  private static CellOutcome outcome(double cost, int turns) {
    return new CellOutcome(
        "Feudal Age",
        new Score(1, 23, 345.5),
        Optional.of(17),
        turns,
        cost,
        true,
        Optional.empty());
  }

  private static CellOutcome failure() {
    return new CellOutcome(
        "Dark Age",
        new Score(0, 9, 20),
        Optional.empty(),
        3,
        0.25,
        false,
        Optional.of(Failure.of(ErrorKind.MODEL_REFUSED, "refused")));
  }

  private Comparison read(Comparison comparison) {
    return comparisons().find(comparison.id()).orElseThrow();
  }

  private Counts counts(Comparison comparison) {
    return read(comparison).progress().cells();
  }

  @Test
  void keepsExperimentsAndRacesAsTheyWereCreated() {
    Comparison experiment = experiment(1, 3);
    Comparison race = race(2, List.of(SCRIPTED, BARE, REMOTE), 2, Budget.NONE);
    assertEquals(experiment, comparisons().create(experiment));
    assertEquals(race, comparisons().create(race));
    assertEquals(experiment, read(experiment));
    assertEquals(race, read(race));
    assertEquals(Optional.empty(), comparisons().find(id(3)));
  }

  /** Texts of the longest characters, and the largest state that is forked. */
  @Test
  void keepsTheLargestPlans() {
    String name = "\ud83c\udff0".repeat(Limits.MAX_LABEL - 2);
    List<Profile> profiles = new ArrayList<>();
    List<Design.Arm> arms = new ArrayList<>();
    for (int i = 0; i < Limits.MAX_RACE_PROFILES; i++) {
      Profile profile =
          new Profile(
              name + i,
              "openai:" + "\ud83c\udff0".repeat(Limits.MAX_MODEL - 7),
              1,
              PromptVariant.STRATEGY);
      profiles.add(profile);
      if (i < Limits.MAX_ARMS) {
        arms.add(new Design.Arm(name + i, Mutation.NONE, profile));
      }
    }
    World large = RunFixtures.withHouses(Limits.MAX_FORKED_STATE_BYTES / 8);
    Design experiment =
        new Design.Experiment(
            RunId.of("0123456789abcdef0123456789abcdef"),
            7,
            "balanced",
            large,
            arms,
            name + 0,
            Limits.MAX_REPLICAS,
            Limits.MAX_TURNS);
    Design race =
        new Design.Race(
            profiles,
            List.of(Scenario.values()),
            Limits.MAX_CELLS / Limits.MAX_RACE_PROFILES / Scenario.values().length,
            Limits.MAX_TURNS);
    for (Design design : List.of(experiment, race)) {
      Comparison largest =
          comparisons()
              .create(
                  Comparison.requested(
                      id(design.cells()),
                      name,
                      NOW,
                      design,
                      new Budget(
                          Optional.of(Limits.MAX_BUDGET_USD),
                          Optional.of((long) Limits.MAX_BUDGET_TURNS)),
                      Optional.of(Limits.MAX_SEED)));
      assertEquals(largest, read(largest));
      assertEquals(design.cells(), comparisons().cells(largest).size());
    }
  }

  @Test
  void returnsTheFirstOfRepeatedCreations() {
    Comparison first = race(1);
    comparisons().start(first.id(), 0, NOW);
    Comparison again = comparisons().create(race(1, List.of(SCRIPTED, BARE), 2, Budget.NONE));
    assertEquals(1, again.progress().cells().running());
  }

  @Test
  void listsEveryCellByNumber() {
    Comparison race = race(1);
    assertTrue(comparisons().start(race.id(), 5, NOW));
    List<Cell> cells = comparisons().cells(race);
    assertEquals(8, cells.size());
    for (int number = 0; number < cells.size(); number++) {
      Cell cell = cells.get(number);
      assertEquals(race.design().cell(number), cell.plan());
      assertEquals(race.id().runOf(number), cell.runId());
      assertEquals(number == 5 ? Cell.State.RUNNING : Cell.State.PLANNED, cell.state());
      assertEquals(cell, comparisons().cell(race, number));
    }
    Set<RunId> runs = new HashSet<>();
    cells.forEach(cell -> runs.add(cell.runId()));
    assertEquals(8, runs.size());
  }

  @Test
  void startsACellOnce() {
    Comparison race = race(1);
    assertTrue(comparisons().start(race.id(), 0, NOW));
    assertFalse(comparisons().start(race.id(), 0, NOW));
    assertEquals(new Counts(7, 1, 0, 0, 0), counts(race));
  }

  @Test
  void startsACellOnceForConcurrentCalls() throws Exception {
    Comparison race = race(1);
    int started = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(threads.submit(() -> comparisons().start(race.id(), 3, NOW)));
      }
      for (Future<Boolean> call : calls) {
        started += call.get() ? 1 : 0;
      }
    }
    assertEquals(1, started);
    assertEquals(new Counts(7, 1, 0, 0, 0), counts(race));
  }

  @Test
  void addsCostAndTurnsOfEndedCellsOnce() {
    Comparison race = race(1);
    comparisons().start(race.id(), 0, NOW);
    comparisons().start(race.id(), 1, NOW);
    assertTrue(comparisons().end(race.id(), 0, outcome(0.1, 30), NOW.plusSeconds(9)));
    assertFalse(comparisons().end(race.id(), 0, failure(), NOW), "has ended");
    assertFalse(comparisons().end(race.id(), 2, failure(), NOW), "was not started");
    assertTrue(read(race).progress().costKnown());
    assertTrue(comparisons().end(race.id(), 1, failure(), NOW.plusSeconds(8)));
    Comparison.Progress progress = read(race).progress();
    assertEquals(new Counts(6, 0, 1, 1, 0), progress.cells());
    assertEquals(0.35, progress.costUsd(), 1e-12);
    assertFalse(progress.costKnown());
    assertEquals(33, progress.turns());
    Cell complete = comparisons().cell(race, 0);
    assertEquals(Cell.State.COMPLETE, complete.state());
    assertEquals(Optional.of(outcome(0.1, 30)), complete.outcome());
    assertEquals(Optional.of(NOW), complete.startedAt());
    assertEquals(Optional.of(NOW.plusSeconds(9)), complete.endedAt());
    Cell failed = comparisons().cell(race, 1);
    assertEquals(Cell.State.FAILED, failed.state());
    assertEquals(Optional.of(failure()), failed.outcome());
  }

  @Test
  void sumsCostsOfAnySize() {
    Comparison race = race(1);
    double[] costs = {123_456.78, 1.234567890123e-9, 1e-300, 0.1};
    for (int i = 0; i < costs.length; i++) {
      comparisons().start(race.id(), i, NOW);
      assertTrue(comparisons().end(race.id(), i, outcome(costs[i], 1), NOW));
    }
    assertEquals(123_456.88 + 1.234567890123e-9, read(race).progress().costUsd(), 1e-9);
  }

  @Test
  void startsNoCellWhenTheBudgetIsSpent() {
    Comparison dollars =
        comparisons()
            .create(
                race(
                    1, List.of(SCRIPTED, BARE), 2, new Budget(Optional.of(1.0), Optional.empty())));
    comparisons().start(dollars.id(), 0, NOW);
    comparisons().start(dollars.id(), 1, NOW);
    comparisons().end(dollars.id(), 0, outcome(0.99, 30), NOW);
    assertTrue(comparisons().start(dollars.id(), 2, NOW), "not spent yet");
    comparisons().end(dollars.id(), 1, outcome(0.01, 30), NOW);
    assertFalse(comparisons().start(dollars.id(), 3, NOW));

    Comparison turns =
        comparisons()
            .create(
                race(
                    2, List.of(SCRIPTED, BARE), 2, new Budget(Optional.empty(), Optional.of(31L))));
    comparisons().start(turns.id(), 0, NOW);
    comparisons().end(turns.id(), 0, outcome(0, 30), NOW);
    assertTrue(comparisons().start(turns.id(), 1, NOW));
    comparisons().end(turns.id(), 1, outcome(0, 1), NOW);
    assertFalse(comparisons().start(turns.id(), 2, NOW));
  }

  @Test
  void stopsWithTheCellsThatAreNotStarted() {
    Comparison race = race(1);
    comparisons().start(race.id(), 0, NOW);
    assertTrue(comparisons().stop(race.id(), StopReason.BUDGET));
    assertFalse(comparisons().stop(race.id(), StopReason.CANCELLED), "is stopped");
    assertFalse(comparisons().start(race.id(), 1, NOW));
    Comparison stopped = read(race);
    assertEquals(ComparisonStatus.BUDGET_SPENT, stopped.status());
    assertEquals(new Counts(0, 1, 0, 0, 7), stopped.progress().cells());
    assertTrue(stopped.progress().open());
    assertEquals(Cell.State.RUNNING, comparisons().cell(stopped, 0).state());
    assertEquals(Cell.State.NOT_STARTED, comparisons().cell(stopped, 1).state());
    assertEquals(Optional.of(StopReason.BUDGET), comparisons().cell(stopped, 1).reason());
    assertTrue(comparisons().end(race.id(), 0, outcome(0, 30), NOW));
    assertTrue(comparisons().release(race.id()));
    assertEquals(ComparisonStatus.BUDGET_SPENT, read(race).status());
  }

  @Test
  void claimsAllProvidersOrNone() {
    Comparison scripted = race(1);
    Comparison both = comparisons().create(race(2, List.of(SCRIPTED, REMOTE), 1, Budget.NONE));
    assertEquals(Optional.empty(), comparisons().claim(scripted.id()));
    assertEquals(Optional.of(scripted.id()), comparisons().claim(both.id()));
    assertEquals(ComparisonStatus.WAITING, read(both).status());
    assertEquals(Optional.of(scripted.id()), read(both).progress().waitsFor());
    assertEquals(Optional.empty(), comparisons().claim(scripted.id()), "has it");
    assertEquals(ComparisonStatus.RUNNING, read(scripted).status());

    comparisons().stop(scripted.id(), StopReason.CANCELLED);
    assertTrue(comparisons().release(scripted.id()));
    assertEquals(Optional.empty(), comparisons().claim(both.id()));
    assertEquals(ComparisonStatus.RUNNING, read(both).status());
    assertEquals(Optional.empty(), read(both).progress().waitsFor());
    Comparison remote = comparisons().create(race(3, List.of(REMOTE, REMOTE), 1, Budget.NONE));
    assertEquals(Optional.of(both.id()), comparisons().claim(remote.id()));
  }

  @Test
  void claimsInTheOrderOfTheQueue() {
    Comparison first = race(1);
    Comparison second = comparisons().create(race(2, List.of(SCRIPTED, REMOTE), 1, Budget.NONE));
    Comparison third = comparisons().create(race(3, List.of(REMOTE, REMOTE), 1, Budget.NONE));
    Comparison fourth = race(4);
    assertEquals(Optional.of(second.id()), comparisons().claim(third.id()), "needs its provider");
    assertEquals(Optional.of(first.id()), comparisons().claim(fourth.id()), "the first of two");
    assertEquals(List.of(first.id(), second.id()), comparisons().queue().ahead(fourth.id()));
    assertEquals(List.of(first.id()), comparisons().queue().next());
    assertEquals(
        List.of(first.id(), second.id(), third.id(), fourth.id()),
        comparisons().queue().entries().stream().map(ComparisonQueue.Entry::id).toList());

    comparisons().stop(first.id(), StopReason.CANCELLED);
    assertTrue(comparisons().release(first.id()));
    assertEquals(List.of(second.id()), comparisons().queue().next());
    assertEquals(Optional.of(second.id()), comparisons().claim(fourth.id()), "is not overtaken");
    comparisons().stop(second.id(), StopReason.CANCELLED);
    assertTrue(comparisons().release(second.id()));
    assertEquals(List.of(third.id(), fourth.id()), comparisons().queue().next());
    assertEquals(Optional.empty(), comparisons().claim(fourth.id()));
    assertEquals(Optional.empty(), comparisons().claim(third.id()));
  }

  @Test
  void waitsForTheHolderOfAProviderThatWasCreatedLater() {
    Comparison holder = race(2);
    assertEquals(Optional.empty(), comparisons().claim(holder.id()));
    Comparison older = race(1);
    assertEquals(List.of(holder.id()), comparisons().queue().next());
    assertEquals(Optional.of(holder.id()), comparisons().claim(older.id()));
    assertEquals(ComparisonStatus.WAITING, read(older).status());
    assertEquals(Optional.empty(), comparisons().claim(holder.id()), "plays on");
    comparisons().stop(holder.id(), StopReason.CANCELLED);
    comparisons().release(holder.id());
    assertEquals(Optional.empty(), comparisons().claim(older.id()));
  }

  @Test
  void wakesAWaitingComparisonOnce() {
    Comparison first = race(1);
    Comparison second = race(2);
    assertFalse(comparisons().wake(second.id(), 0), "does not wait");
    comparisons().claim(second.id());
    assertFalse(comparisons().wake(second.id(), 1), "has another number");
    assertTrue(comparisons().wake(second.id(), 0));
    assertFalse(comparisons().wake(second.id(), 0), "is awake");
    Comparison.Progress progress = read(second).progress();
    assertEquals(ComparisonStatus.RUNNING, progress.status());
    assertEquals(Optional.empty(), progress.waitsFor());
    assertEquals(1, progress.generation());
    assertEquals(Optional.of(first.id()), comparisons().claim(second.id()));
  }

  @Test
  void queuesAnExperimentThatIsOpenedAgainBehindTheOthers() {
    Comparison experiment = comparisons().create(experiment(1, 1));
    Comparison race = race(2);
    for (int number = 0; number < 2; number++) {
      comparisons().start(experiment.id(), number, NOW);
      comparisons().end(experiment.id(), number, outcome(0, 10), NOW);
    }
    comparisons().release(experiment.id());
    assertEquals(Optional.empty(), comparisons().queue().entry(experiment.id()));
    assertTrue(comparisons().addReplicas(read(experiment), 2, NOW.plusSeconds(60)));
    assertEquals(List.of(race.id()), comparisons().queue().ahead(experiment.id()));
    assertEquals(
        NOW.plusSeconds(60), comparisons().queue().entry(experiment.id()).orElseThrow().since());
  }

  @Test
  void claimsNothingForAComparisonThatStartsNoCells() {
    Comparison race = race(1);
    comparisons().stop(race.id(), StopReason.CANCELLED);
    assertEquals(Optional.empty(), comparisons().claim(race.id()));
    Comparison next = race(2);
    assertEquals(Optional.of(race.id()), comparisons().claim(next.id()), "has not been released");
    assertTrue(comparisons().release(race.id()));
    assertEquals(Optional.empty(), comparisons().claim(next.id()), "the provider is free");
    assertThrows(UnknownComparison.class, () -> comparisons().claim(id(9)));
  }

  @Test
  void releasesOnlyItsOwnProviders() {
    Comparison holder = race(1);
    Comparison waiting = race(2);
    comparisons().claim(holder.id());
    comparisons().claim(waiting.id());
    comparisons().stop(waiting.id(), StopReason.CANCELLED);
    assertTrue(comparisons().release(waiting.id()));
    assertEquals(Optional.of(holder.id()), comparisons().claim(race(3).id()));
  }

  @Test
  void isCompleteWhenItIsReleasedAndEveryCellHasEnded() {
    Comparison race = comparisons().create(race(1, List.of(SCRIPTED, BARE), 1, Budget.NONE));
    comparisons().claim(race.id());
    for (int number = 0; number < 4; number++) {
      assertFalse(comparisons().release(race.id()), "cell " + number + " is planned");
      comparisons().start(race.id(), number, NOW);
    }
    for (int number = 0; number < 4; number++) {
      assertFalse(comparisons().release(race.id()), "cell " + number + " is running");
      comparisons().end(race.id(), number, outcome(0, 30), NOW);
    }
    assertEquals(ComparisonStatus.RUNNING, read(race).status());
    assertTrue(comparisons().release(race.id()));
    assertTrue(comparisons().release(race.id()), "again");
    assertEquals(ComparisonStatus.COMPLETE, read(race).status());
    assertFalse(read(race).progress().open());
  }

  @Test
  void addsReplicasToAnExperimentThatPlaysOrIsComplete() {
    Comparison one = comparisons().create(experiment(1, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> comparisons().addReplicas(one, 1, NOW.plusSeconds(60)));
    assertTrue(comparisons().addReplicas(one, 2, NOW.plusSeconds(60)));
    assertFalse(
        comparisons().addReplicas(one, 3, NOW.plusSeconds(60)), "has changed since it was read");
    Comparison two = read(one);
    assertEquals(4, two.design().cells());
    assertEquals(new Counts(4, 0, 0, 0, 0), two.progress().cells());
    assertEquals(0, two.progress().generation());
    for (int number = 0; number < 4; number++) {
      comparisons().start(one.id(), number, NOW);
      comparisons().end(one.id(), number, outcome(0, 10), NOW);
    }
    assertTrue(comparisons().release(one.id()));
    assertFalse(
        comparisons().addReplicas(two, 3, NOW.plusSeconds(60)), "is complete since it was read");
    assertTrue(comparisons().addReplicas(read(one), 3, NOW.plusSeconds(60)));
    Comparison three = read(one);
    assertEquals(ComparisonStatus.RUNNING, three.status());
    assertEquals(1, three.progress().generation());
    assertTrue(three.progress().open());
    assertEquals(new Counts(2, 0, 4, 0, 0), three.progress().cells());
    assertEquals(Cell.State.COMPLETE, comparisons().cell(three, 3).state());
    assertEquals(Cell.State.PLANNED, comparisons().cell(three, 4).state());
    assertTrue(comparisons().start(one.id(), 4, NOW));

    comparisons().stop(one.id(), StopReason.CANCELLED);
    assertFalse(comparisons().addReplicas(read(one), 4, NOW.plusSeconds(60)), "is cancelled");
  }

  @Test
  void countsGenerationsOnce() {
    Comparison race = race(1);
    assertTrue(comparisons().nextGeneration(race.id(), 0));
    assertFalse(comparisons().nextGeneration(race.id(), 0));
    assertEquals(1, read(race).progress().generation());
    comparisons().stop(race.id(), StopReason.CANCELLED);
    comparisons().release(race.id());
    assertFalse(comparisons().nextGeneration(race.id(), 1), "is not open");
  }

  @Test
  void listsOpenComparisonsOldestFirst() {
    Comparison second = race(2);
    Comparison first = comparisons().create(experiment(1, 1));
    Comparison third = race(3);
    comparisons().stop(second.id(), StopReason.CANCELLED);
    comparisons().release(second.id());
    assertEquals(List.of(first, third), comparisons().open(10));
    assertEquals(List.of(first), comparisons().open(1));
  }

  @Test
  void listsAKindNewestFirstByPages() {
    List<Comparison> races = new ArrayList<>();
    for (int number = 1; number <= 5; number++) {
      races.addFirst(race(number));
    }
    Comparison experiment = comparisons().create(experiment(6, 1));
    assertEquals(
        new ComparisonPage(List.of(experiment), Optional.empty()),
        comparisons().list(ComparisonKind.EXPERIMENT, 1, Optional.empty()));
    List<Comparison> found = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      ComparisonPage page = comparisons().list(ComparisonKind.RACE, 2, next);
      found.addAll(page.comparisons());
      next = page.next();
    } while (next.isPresent());
    assertEquals(races, found);
    String cursor =
        comparisons().list(ComparisonKind.RACE, 1, Optional.empty()).next().orElseThrow();
    assertThrows(
        InvalidCursor.class,
        () -> comparisons().list(ComparisonKind.EXPERIMENT, 1, Optional.of(cursor)));
    assertThrows(
        InvalidCursor.class,
        () -> comparisons().list(ComparisonKind.RACE, 1, Optional.of(cursor + "x")));
  }
}
