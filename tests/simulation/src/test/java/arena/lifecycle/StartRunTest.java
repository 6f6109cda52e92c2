package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.Broker;
import arena.catalog.Catalog;
import arena.event.Event;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Profile;
import arena.run.RunId;
import arena.run.RunRequest;
import arena.run.RunStatus;
import arena.simulation.stores.Call;
import arena.simulation.stores.Observer;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.ScriptedNetwork;
import arena.simulation.stores.SimulatedBroker;
import arena.simulation.stores.SimulatedCatalog;
import arena.simulation.stores.SimulatedJournal;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedTables;
import arena.simulation.stores.SteppingClock;
import arena.world.Scenario;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Starting a run when stores and Step Functions fail. */
class StartRunTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");
  private static final RunRequest REQUEST =
      new RunRequest(Scenario.BALANCED, Profile.DEFAULT, 5, "label");

  private final SteppingClock clock = new SteppingClock(START);
  private final ScriptedNetwork network = new ScriptedNetwork();
  private final SimulatedTables tables = new SimulatedTables(clock, network, Observer.NONE);
  private final Catalog catalog = new SimulatedCatalog(tables);
  private final Journal journal = new SimulatedJournal(tables);
  private final SimulatedRedis redis =
      new SimulatedRedis(clock, network, Observer.NONE, Broker.BUFFER_EVENTS);
  private final Broker broker = new SimulatedBroker(redis);

  /** The start of an execution, as a lambda. */
  private interface Start extends ReplayExecutions {
    @Override
    default void stop(RunId runId, String cause) {
      throw new AssertionError("unexpected stop");
    }
  }

  private void create(Start start) {
    new CreateRun(new StartRun(catalog, journal, broker, start, clock), clock).create(REQUEST, RUN);
  }

  private static void failWithoutResponse() {
    throw new IllegalStateException("no answer");
  }

  private void appendFirstTurn() {
    TurnTask task = new TurnTask(RUN, 0, 1, 0, 5, Profile.DEFAULT, false);
    journal.append(TurnEvents.before(task, Scenario.BALANCED.start(), START));
  }

  private RunStatus status() {
    return catalog.find(RUN).orElseThrow().status();
  }

  @Test
  void failsRunThatCannotStart() {
    assertThrows(IllegalStateException.class, () -> create(_ -> failWithoutResponse()));
    assertEquals(RunStatus.FAILED, status());
    assertThrows(ReplayNotStarted.class, () -> create(_ -> {}));
  }

  @Test
  void keepsPlayingRunWhenTheStartResponseIsLost() {
    create(
        _ -> {
          appendFirstTurn();
          failWithoutResponse();
        });
    assertEquals(RunStatus.RUNNING, status());
  }

  @Test
  void repeatedRequestKeepsTheStartedRun() {
    create(_ -> {});
    assertThrows(IllegalStateException.class, () -> create(_ -> failWithoutResponse()));
    assertEquals(RunStatus.RUNNING, status());
  }

  @Test
  void startsForkThatTheBrokerLoses() {
    create(_ -> {});
    appendFirstTurn();
    network.after(Call.BROKER_OPEN, _ -> redis.flush());
    RunId child = RunId.of(RUN.value().replace('0', '1'));
    Event start = journal.turnStart(RUN, 0).orElseThrow();
    JournalEntry origin =
        new JournalEntry(
            child,
            0,
            List.of(new Event(child, 1, "agent", 0, "fork", start.payloadJson(), START, 1)),
            Optional.of(Scenario.BALANCED.start()));
    boolean[] started = new boolean[1];
    Start replays = _ -> started[0] = true;
    new StartRun(catalog, journal, broker, replays, clock)
        .start(RunFixtures.row(child, 5, START), origin.events(), Scenario.BALANCED.start());
    assertTrue(started[0]);
  }
}
