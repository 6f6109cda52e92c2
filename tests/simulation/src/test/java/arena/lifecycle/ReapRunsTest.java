package arena.lifecycle;

import static arena.simulation.stores.ScriptedNetwork.once;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.archive.Archive;
import arena.broker.Broker;
import arena.broker.BrokerUnavailable;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Failure;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunStatus;
import arena.simulation.stores.Call;
import arena.simulation.stores.Observer;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.ScriptedNetwork;
import arena.simulation.stores.SimulatedArchive;
import arena.simulation.stores.SimulatedBroker;
import arena.simulation.stores.SimulatedBucket;
import arena.simulation.stores.SimulatedCatalog;
import arena.simulation.stores.SimulatedConnections;
import arena.simulation.stores.SimulatedJournal;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedSubscribers;
import arena.simulation.stores.SimulatedTables;
import arena.simulation.stores.SteppingClock;
import arena.world.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the reaper does, and leaves alone. */
class ReapRunsTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration GRACE = Duration.ofMinutes(30);
  private static final String RUN = "0123456789abcdef0123456789abcdef";
  private static final String OTHER = "fedcba9876543210fedcba9876543210";

  private final SteppingClock clock = new SteppingClock(START);
  private final ScriptedNetwork wire = new ScriptedNetwork();
  private final SimulatedTables tables = new SimulatedTables(clock, wire, Observer.NOBODY);
  private final Catalog catalog = new SimulatedCatalog(tables);
  private final Journal journal = new SimulatedJournal(tables);
  private final Archive archive =
      new SimulatedArchive(new SimulatedBucket(), wire, Observer.NOBODY);
  private final List<String> finalized = new ArrayList<>();
  private final List<String> stopped = new ArrayList<>();
  private final SimulatedConnections connections = new SimulatedConnections(clock, wire);
  private final SimulatedRedis redis =
      new SimulatedRedis(clock, wire, Observer.NOBODY, Broker.BUFFER_EVENTS);
  private final Broker broker = new SimulatedBroker(redis);
  private final Subscribers subscribers = new SimulatedSubscribers(redis);
  private RuntimeException stopFails;

  private final ReplayExecutions executions =
      new ReplayExecutions() {
        @Override
        public void start(TurnTask first) {
          throw new AssertionError("the reaper starts nothing");
        }

        @Override
        public void stop(String runId, String cause) {
          if (stopFails != null) {
            throw stopFails;
          }
          stopped.add(runId);
        }
      };

  private ReapReport reap() {
    return reap(Instant.MAX);
  }

  private ReapReport reap(Instant deadline) {
    FinalizeInvoker finalizeInvoker =
        (runId, failure) -> finalized.add(runId + " " + failure.map(Failure::code).orElse("ok"));
    return new ReapRuns(
            catalog, broker, subscribers, connections, executions, finalizeInvoker, GRACE, clock)
        .reap(deadline);
  }

  private static List<String> actions(ReapReport reaping) {
    return reaping.reaped().stream().map(ReapAction::kind).map(ReapAction.Kind::label).toList();
  }

  private void begin(String runId, int nTurns) {
    RunFixtures.begin(journal, runId, nTurns, START);
    broker.open(runId, "label", START);
  }

  /** Plays so far that this is the turn of the last event. */
  private void playTo(String runId, int t) {
    passes(Duration.ofMillis(1));
    long seq = catalog.find(runId).orElseThrow().nEvents() + 1;
    TurnTask task = new TurnTask(runId, t, seq, 0, 1, Profile.DEFAULT, false);
    JournalEntry entry = TurnEvents.before(task, Scenario.BALANCED.start(), clock.instant());
    journal.append(entry);
    broker.publish(runId, entry.events());
  }

  private void archive(String runId) {
    Run run = catalog.find(runId).orElseThrow();
    String address = archive.write(run, journal.events(runId, 1, 1_000));
    catalog.archived(runId, address, archive.summary(run), clock.instant());
  }

  private void passes(Duration time) {
    clock.advance(time);
  }

  @Test
  void anArchivedAndClosedRunIsFreedAfterTheGraceAndOnce() {
    begin(RUN, 1);
    playTo(RUN, 0);
    archive(RUN);
    broker.close(RUN);
    passes(GRACE.minusSeconds(1));
    assertEquals(List.of(), actions(reap()));
    assertEquals(3, broker.buffer(RUN).length());
    passes(Duration.ofSeconds(1));
    assertEquals(List.of("freed"), actions(reap()));
    assertEquals(0, broker.buffer(RUN).length());
    assertFalse(tables.held(RUN));
    assertEquals(List.of(), actions(reap()));
  }

  @Test
  void aMovingRunIsLeftAlone() {
    begin(RUN, 50);
    for (int t = 0; t < 10; t++) {
      playTo(RUN, t);
      passes(GRACE.minusSeconds(1));
      assertEquals(List.of(), actions(reap()));
    }
    assertEquals(RunStatus.RUNNING, catalog.find(RUN).orElseThrow().status());
  }

  @Test
  void aSilentRunIsFencedStoppedAndFinalized() {
    begin(RUN, 50);
    playTo(RUN, 0);
    passes(GRACE);
    assertEquals(List.of("abandoned"), actions(reap()));
    assertEquals(RunStatus.FAILED, catalog.find(RUN).orElseThrow().status());
    assertEquals(List.of(RUN), stopped);
    assertEquals(List.of(RUN + " Abandoned"), finalized);
    assertEquals(3, broker.buffer(RUN).length(), "nothing is dropped before it is archived");
  }

  @Test
  void aRunThatGoesOnWhileItIsLookedAtIsLeftAlone() {
    wire.after(Call.CATALOG_HELD, _ -> playTo(RUN, 1));
    begin(RUN, 50);
    playTo(RUN, 0);
    passes(GRACE);
    assertEquals(List.of(), actions(reap()));
    assertEquals(RunStatus.RUNNING, catalog.find(RUN).orElseThrow().status());
    assertEquals(List.of(), stopped);
  }

  @Test
  void aRunThatPlayedToItsEndIsFinalizedAsComplete() {
    begin(RUN, 2);
    playTo(RUN, 0);
    playTo(RUN, 1);
    playTo(RUN, 2); // what closes it has the turn after its last
    passes(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    assertEquals(List.of(RUN + " ok"), finalized);
    assertEquals(RunStatus.RUNNING, catalog.find(RUN).orElseThrow().status());
    passes(GRACE.multipliedBy(3));
    assertEquals(List.of("abandoned"), actions(reap()), "every run ends");
  }

  @Test
  void aForkOfNoTurnsThatPlayedToItsEndIsFinalizedAsComplete() {
    begin(RUN, 0);
    passes(Duration.ofSeconds(1));
    playTo(RUN, 0);
    passes(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    assertEquals(List.of(RUN + " ok"), finalized);
  }

  @Test
  void aRunWhoseReplayNeverBeganIsEndedAsNotStarted() {
    begin(RUN, 0);
    begin(OTHER, 10);
    passes(GRACE);
    assertEquals(List.of("abandoned", "abandoned"), actions(reap()));
    assertEquals(List.of(RUN + " NotStarted", OTHER + " NotStarted"), finalized);
    assertEquals(
        ReplayNotStarted.CODE,
        catalog.find(RUN).orElseThrow().failure().map(Failure::code).orElseThrow());
    assertEquals(List.of(RUN, OTHER), stopped, "it may have been started all the same");
  }

  @Test
  void readersWhoseCursorsWereLostAfterTheEndAreSeenToBeforeItIsFreed() {
    begin(RUN, 1);
    playTo(RUN, 0);
    connections.connected("reader", clock.instant());
    connections.subscribed("reader", RUN);
    archive(RUN);
    broker.close(RUN);
    passes(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    connections.disconnected("reader");
    assertEquals(List.of("freed"), actions(reap()));
  }

  @Test
  void twoAtOnceEndARunOnce() {
    List<ReapReport> other = new ArrayList<>();
    wire.after(Call.CATALOG_HELD, once(_ -> other.add(reap())));
    begin(RUN, 50);
    passes(Duration.ofSeconds(1));
    playTo(RUN, 0);
    passes(GRACE);
    assertEquals(List.of(), actions(reap()));
    assertEquals(List.of("abandoned"), actions(other.getFirst()));
    assertEquals(List.of(RUN + " Abandoned"), finalized);
  }

  @Test
  void aRunThatFailedAndIsNotArchivedIsFinalizedAgain() {
    begin(RUN, 2);
    catalog.fail(RUN, new Failure("NotStarted", "no"), clock.instant());
    passes(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    assertEquals(List.of(RUN + " NotStarted"), finalized);
    assertTrue(broker.buffer(RUN).open());
  }

  @Test
  void anArchivedRunThatWasNeverClosedIsFinalizedBeforeItIsFreed() {
    begin(RUN, 1);
    playTo(RUN, 0);
    archive(RUN);
    passes(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    assertEquals(3, broker.buffer(RUN).length());
    passes(GRACE.multipliedBy(3));
    assertEquals(List.of("freed"), actions(reap()), "memory is freed anyhow");
  }

  @Test
  void readersWhoWereNotToldOfTheEndAreToldBeforeItIsFreed() {
    begin(RUN, 1);
    playTo(RUN, 0);
    subscribers.put(RUN, "reader", 4);
    archive(RUN);
    broker.close(RUN);
    passes(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    assertEquals(3, broker.buffer(RUN).length());
    passes(GRACE.multipliedBy(3));
    assertEquals(List.of("freed"), actions(reap()));
    assertEquals(Map.of("reader", 4L), subscribers.cursors(RUN), "and are not forgotten");
  }

  @Test
  void oneBadRunIsNoReasonToLeaveTheOthers() {
    wire.before(
        Call.BROKER_DROP,
        runId -> {
          if (runId.equals(RUN)) {
            throw new BrokerUnavailable("no answer", null);
          }
        });
    for (String runId : List.of(RUN, OTHER)) {
      begin(runId, 1);
      playTo(runId, 0);
      archive(runId);
      broker.close(runId);
    }
    passes(GRACE);
    ReapReport reaping = reap();
    assertEquals(1, reaping.failed());
    assertEquals(
        List.of(OTHER), reaping.reaped().stream().flatMap(one -> one.runId().stream()).toList());
    assertTrue(tables.held(RUN));
    assertFalse(tables.held(OTHER));
  }

  @Test
  void aRunWhoseReplayCannotBeStoppedIsFinalizedAllTheSame() {
    begin(RUN, 50);
    passes(GRACE);
    stopFails = new IllegalStateException("throttled");
    assertEquals(List.of("abandoned"), actions(reap()));
    assertEquals(List.of(RUN + " NotStarted"), finalized);
  }

  @Test
  void pastItsDeadlineItBeginsNothing() {
    begin(RUN, 50);
    passes(GRACE);
    assertEquals(List.of(), actions(reap(clock.instant())));
    assertEquals(RunStatus.RUNNING, catalog.find(RUN).orElseThrow().status());
  }
}
