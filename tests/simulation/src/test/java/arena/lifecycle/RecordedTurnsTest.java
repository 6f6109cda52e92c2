package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.agent.Decision;
import arena.agent.ModelRefused;
import arena.event.Event;
import arena.event.RawJson;
import arena.journal.JournalEntry;
import arena.run.ForkRequest;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.ProfileFields;
import arena.run.Run;
import arena.run.RunId;
import arena.run.TurnsNotRecorded;
import arena.run.Usage;
import arena.simulation.stores.Call;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.SimulatedStores;
import arena.simulation.stores.SteppingClock;
import arena.stream.VirtualThreadTaskRunner;
import arena.world.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs that play their parent's log again. */
class RecordedTurnsTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final RunId PARENT = RunId.of("0123456789abcdef0123456789abcdef");
  private static final RunId CHILD = RunId.of("fedcba9876543210fedcba9876543210");
  private static final int TURNS = 6;
  private static final ProfileFields RECORDED =
      new ProfileFields(
          Optional.empty(),
          Optional.of(Profile.RECORDED),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private final SteppingClock clock = new SteppingClock(START);
  private final SimulatedStores stores = new SimulatedStores(clock);
  private final PlayTurn playTurn = stores.playTurn(this::answer, new VirtualThreadTaskRunner());
  private int calls;

  @BeforeEach
  void begin() {
    RunFixtures.begin(stores.journal, PARENT, TURNS, START);
    stores.broker.open(PARENT, "label", START);
  }

  /** A model that queues villagers and builds, with its own cost and usage each turn. */
  private Decision answer() {
    calls++;
    List<RawJson> actions =
        calls % 2 == 0
            ? List.of(new RawJson("{\"type\":\"queue_villager\",\"n\":1.50}"))
            : List.of(
                new RawJson("{\"type\":\"build\",\"building_key\":\"q\"}"), new RawJson("{}"));
    return new Decision(
        actions, "turn " + calls, calls / 8.0, Optional.of(new Usage(calls, 2, 1, 900)));
  }

  private TurnTask play(TurnTask first) {
    TurnTask task = first;
    while (!task.done()) {
      clock.advance(java.time.Duration.ofSeconds(1));
      task = playTurn.play(task);
    }
    return task;
  }

  private void playParent() {
    play(new TurnTask(PARENT, 0, 1, 0, TURNS, Profile.DEFAULT, false));
  }

  private TurnTask fork(int t, int nTurns, Mutation mutation) {
    AtomicReference<TurnTask> first = new AtomicReference<>();
    ReplayExecutions executions =
        new ReplayExecutions() {
          @Override
          public void start(TurnTask task) {
            first.set(task);
          }

          @Override
          public void stop(RunId runId, String cause) {
            throw new AssertionError("unexpected stop");
          }
        };
    StartRun startRun =
        new StartRun(stores.catalog, stores.journal, stores.broker, executions, clock);
    new CreateFork(stores.catalog, stores.events(), startRun, clock)
        .create(new ForkRequest(PARENT, t, mutation, nTurns, "", RECORDED), CHILD);
    return first.get();
  }

  /** What is equal in both runs: everything but ids, seqs and times. */
  private List<String> turns(RunId runId, int from) {
    List<String> turns = new ArrayList<>();
    for (Event event : stores.journal.events(runId, 1, 1_000)) {
      if (event.t() >= from && !event.kind().matches("fork|world_mutation")) {
        turns.add(event.agentId() + " " + event.t() + " " + event.payloadJson());
      }
    }
    return turns;
  }

  private Run child() {
    return stores.catalog.find(CHILD).orElseThrow();
  }

  @Test
  void reproducesTheParentWithoutACallOfTheModel() {
    playParent();
    assertEquals(TURNS, calls);
    play(fork(0, TURNS, Mutation.NONE));
    assertEquals(TURNS, calls);
    assertEquals(turns(PARENT, 0), turns(CHILD, 0));
    assertTrue(turns(CHILD, 0).toString().contains("\"usage\":{\"tokens_in\":1,"));
    assertEquals(Optional.empty(), child().departsAt());
  }

  @Test
  void reproducesALaterPart() {
    playParent();
    play(fork(2, TURNS - 2, Mutation.NONE));
    assertEquals(turns(PARENT, 2), turns(CHILD, 2));
    assertEquals(Optional.empty(), child().departsAt());
  }

  @Test
  void departsAtTheForkIfTheWorldWasMutated() {
    playParent();
    Mutation mutation =
        new Mutation(
            Optional.of(1_500.0),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    play(fork(1, 3, mutation));
    assertEquals(Optional.of(1), child().departsAt());
  }

  @Test
  void departsAtTheFirstStateThatTheRulesNoLongerGive() {
    TurnTask task = new TurnTask(PARENT, 0, 1, 0, TURNS, Profile.DEFAULT, false);
    for (int t = 0; t < 2; t++) {
      task = playTurn.play(task);
    }
    // The turn was recorded by rules that gave 10 more food.
    World state = state(task);
    stores.journal.append(TurnEvents.before(task, state, START));
    JournalEntry after = TurnEvents.after(task, task.seq() + 3, state, answer(), START);
    World other = after.nextState().orElseThrow();
    stores.journal.append(
        new JournalEntry(
            PARENT,
            after.position(),
            after.events(),
            Optional.of(
                new World(
                    other.food() + 10,
                    other.wood(),
                    other.gold(),
                    other.stone(),
                    other.population(),
                    other.popCap(),
                    other.age(),
                    other.buildings(),
                    other.villagerQueue(),
                    other.ageUpTicksRemaining(),
                    other.turn()))));
    play(task.next(after.nextSeq(), after.position()));

    play(fork(0, TURNS, Mutation.NONE));
    assertEquals(Optional.of(3), child().departsAt());
  }

  private World state(TurnTask task) {
    return stores.journal.entries(PARENT, task.position(), 1).getFirst().nextState().orElseThrow();
  }

  @Test
  void rejectsMoreTurnsThanTheParentHasPlayed() {
    TurnTask task = new TurnTask(PARENT, 0, 1, 0, TURNS, Profile.DEFAULT, false);
    for (int t = 0; t < 3; t++) {
      task = playTurn.play(task);
    }
    assertEquals(
        2, assertThrows(TurnsNotRecorded.class, () -> fork(0, 4, Mutation.NONE)).available());
    playTurn.play(task);
    play(fork(0, 3, Mutation.NONE));
    assertEquals(turns(PARENT, 0).subList(0, turns(CHILD, 0).size()), turns(CHILD, 0));
  }

  @Test
  void failsWithoutARecordedAnswer() {
    playParent();
    TurnTask first = fork(0, 1, Mutation.NONE);
    TurnTask beyond =
        new TurnTask(CHILD, TURNS, first.seq(), first.position(), 1, first.profile(), false);
    assertThrows(ModelRefused.class, () -> playTurn.play(beyond));
  }

  @Test
  void recordsTheDepartureOnceAlsoIfATurnIsRetried() {
    playParent();
    TurnTask first =
        fork(
            0,
            2,
            new Mutation(
                Optional.empty(),
                Optional.of(1.0),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    stores.network.cut(Call.JOURNAL_APPEND);
    assertThrows(RuntimeException.class, () -> playTurn.play(first));
    stores.network.restore(Call.JOURNAL_APPEND);
    assertEquals(Optional.of(0), child().departsAt());
    play(first);
    assertEquals(Optional.of(0), child().departsAt());
  }
}
