package arena.lifecycle;

import static arena.simulation.stores.ScriptedNetwork.once;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Principal;
import arena.archive.Archive;
import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.error.Dependency;
import arena.error.ErrorKind;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Failure;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.simulation.stores.Call;
import arena.simulation.stores.InlineTaskRunner;
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
import arena.stream.Connections;
import arena.world.Scenario;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which runs the reaper ends or frees, and which it leaves unchanged. */
class ReapRunsTest {
  private static final ConnectionId READER = ConnectionId.of("reader");
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration GRACE = Duration.ofMinutes(30);
  private static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");
  private static final RunId OTHER = RunId.of("fedcba9876543210fedcba9876543210");

  private final SteppingClock clock = new SteppingClock(START);
  private final ScriptedNetwork network = new ScriptedNetwork();
  private final SimulatedTables tables = new SimulatedTables(clock, network, Observer.NONE);
  private final Catalog catalog = new SimulatedCatalog(tables);
  private final Journal journal = new SimulatedJournal(tables);
  private final Archive archive =
      new SimulatedArchive(new SimulatedBucket(), network, Observer.NONE);
  private final List<String> finalized = new ArrayList<>();
  private final List<RunId> stopped = new ArrayList<>();
  private final SimulatedConnections connections = new SimulatedConnections(clock, network);
  private final SimulatedRedis redis =
      new SimulatedRedis(clock, network, Observer.NONE, Broker.BUFFER_EVENTS);
  private final Broker broker = new SimulatedBroker(redis);
  private final Subscribers subscribers = new SimulatedSubscribers(redis);
  private RuntimeException stopFailure;

  private final ReplayExecutions executions =
      new ReplayExecutions() {
        @Override
        public void start(TurnTask first) {
          throw new AssertionError("the reaper starts nothing");
        }

        @Override
        public void stop(RunId runId, String cause) {
          if (stopFailure != null) {
            throw stopFailure;
          }
          stopped.add(runId);
        }
      };

  private ReapReport reap() {
    return reap(Instant.MAX);
  }

  private ReapReport reap(Instant deadline) {
    return reap(deadline, journal);
  }

  private ReapReport reap(Instant deadline, Journal itsJournal) {
    FinalizeInvoker finalizeInvoker =
        (runId, failure) -> finalized.add(runId + " " + failure.map(Failure::code).orElse("ok"));
    return new ReapRuns(
            new ReapRuns.Stores(catalog, itsJournal, broker, connections),
            executions,
            finalizeInvoker,
            GRACE,
            clock,
            InlineTaskRunner.INSTANCE)
        .reap(catalog.held(Catalog.MAX_HELD), deadline);
  }

  private static List<String> actions(ReapReport report) {
    return report.reaped().stream().map(ReapAction::kind).map(ReapAction.Kind::label).toList();
  }

  private void begin(RunId runId, int nTurns) {
    RunFixtures.begin(journal, runId, nTurns, START);
    broker.open(runId, "label", START);
  }

  /** Appends the start of turn {@code t} to the run. */
  private void playTo(RunId runId, int t) {
    advanceTime(Duration.ofMillis(1));
    long seq = catalog.find(runId).orElseThrow().nEvents() + 1;
    TurnTask task = new TurnTask(runId, t, seq, 0, 1, Profile.DEFAULT, false);
    JournalEntry entry = TurnEvents.before(task, Scenario.BALANCED.start(), clock.instant());
    journal.append(entry);
    broker.publish(runId, entry.events());
  }

  private void archive(RunId runId) {
    Run run = catalog.find(runId).orElseThrow();
    String address = archive.write(run, journal.events(runId, 1, 1_000));
    catalog.markArchived(runId, address, archive.summary(run), clock.instant());
  }

  private void advanceTime(Duration time) {
    clock.advance(time);
  }

  @Test
  void freesArchivedAndClosedRunOnceAfterTheGracePeriod() {
    begin(RUN, 1);
    playTo(RUN, 0);
    archive(RUN);
    broker.close(RUN);
    advanceTime(GRACE.minusSeconds(1));
    assertEquals(List.of(), actions(reap()));
    assertEquals(3, broker.buffer(RUN).length());
    advanceTime(Duration.ofSeconds(1));
    assertEquals(List.of("freed"), actions(reap()));
    assertEquals(0, broker.buffer(RUN).length());
    assertFalse(tables.held(RUN));
    assertEquals(List.of(), actions(reap()));
  }

  @Test
  void leavesRunWithProgressUnchanged() {
    begin(RUN, 50);
    for (int t = 0; t < 10; t++) {
      playTo(RUN, t);
      advanceTime(GRACE.minusSeconds(1));
      assertEquals(List.of(), actions(reap()));
    }
    assertEquals(RunStatus.RUNNING, catalog.find(RUN).orElseThrow().status());
  }

  @Test
  void fencesStopsAndFinalizesSilentRun() {
    begin(RUN, 50);
    playTo(RUN, 0);
    advanceTime(GRACE);
    assertEquals(List.of("abandoned"), actions(reap()));
    assertEquals(RunStatus.FAILED, catalog.find(RUN).orElseThrow().status());
    assertEquals(List.of(RUN), stopped);
    assertEquals(List.of(RUN + " Abandoned"), finalized);
    assertEquals(3, broker.buffer(RUN).length(), "buffer kept until archived");
  }

  @Test
  void leavesRunUnchangedThatMakesProgressDuringTheCheck() {
    network.after(Call.CATALOG_HELD, _ -> playTo(RUN, 1));
    begin(RUN, 50);
    playTo(RUN, 0);
    advanceTime(GRACE);
    assertEquals(List.of(), actions(reap()));
    assertEquals(RunStatus.RUNNING, catalog.find(RUN).orElseThrow().status());
    assertEquals(List.of(), stopped);
  }

  @Test
  void finalizesFullyPlayedRunAsComplete() {
    begin(RUN, 2);
    playTo(RUN, 0);
    playTo(RUN, 1);
    playTo(RUN, 2); // the closing turn_start, after the last turn
    advanceTime(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    assertEquals(List.of(RUN + " ok"), finalized);
    assertEquals(RunStatus.RUNNING, catalog.find(RUN).orElseThrow().status());
    advanceTime(GRACE.multipliedBy(3));
    assertEquals(List.of("abandoned"), actions(reap()), "abandoned if it is still running");
  }

  @Test
  void finalizesForkWithoutTurnsAsComplete() {
    begin(RUN, 0);
    advanceTime(Duration.ofSeconds(1));
    playTo(RUN, 0);
    advanceTime(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    assertEquals(List.of(RUN + " ok"), finalized);
  }

  @Test
  void failsRunWhoseReplayNeverStarted() {
    begin(RUN, 0);
    begin(OTHER, 10);
    advanceTime(GRACE);
    assertEquals(List.of("abandoned", "abandoned"), actions(reap()));
    assertEquals(List.of(RUN + " NotStarted", OTHER + " NotStarted"), finalized);
    assertEquals(
        ErrorKind.NOT_STARTED.code(),
        catalog.find(RUN).orElseThrow().failure().map(Failure::code).orElseThrow());
    assertEquals(List.of(RUN, OTHER), stopped, "the replay may have started");
  }

  @Test
  void finalizesAgainBeforeFreeingWhenReadersAreLost() {
    begin(RUN, 1);
    playTo(RUN, 0);
    connections.connect(READER, Principal.LOCAL, clock.instant());
    connections.subscribe(RUN, READER);
    archive(RUN);
    broker.close(RUN);
    advanceTime(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    connections.disconnect(READER);
    assertEquals(List.of("freed"), actions(reap()));
  }

  @Test
  void endsRunOnceWithTwoConcurrentReapers() {
    List<ReapReport> other = new ArrayList<>();
    network.after(Call.CATALOG_HELD, once(_ -> other.add(reap())));
    begin(RUN, 50);
    advanceTime(Duration.ofSeconds(1));
    playTo(RUN, 0);
    advanceTime(GRACE);
    assertEquals(List.of(), actions(reap()));
    assertEquals(List.of("abandoned"), actions(other.getFirst()));
    assertEquals(List.of(RUN + " Abandoned"), finalized);
  }

  @Test
  void finalizesFailedRunThatIsNotArchived() {
    begin(RUN, 2);
    catalog.fail(RUN, new Failure("NotStarted", "no"), clock.instant());
    advanceTime(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    assertEquals(List.of(RUN + " NotStarted"), finalized);
    assertTrue(broker.buffer(RUN).open());
  }

  @Test
  void keepsTheJournalOfRunWhoseFinalizationFailsForMonths() {
    begin(RUN, 2);
    playTo(RUN, 0);
    catalog.fail(RUN, new Failure("Stopped", "no"), clock.instant());
    for (int day = 0; day < 90; day++) {
      advanceTime(Duration.ofDays(1));
      assertEquals(List.of("finalizing"), actions(reap()));
    }
    assertEquals(3, journal.events(RUN, 1, 1_000).size());
    archive(RUN);
    assertEquals(List.of("freed"), actions(reap()));
    advanceTime(Journal.RETENTION);
    assertEquals(List.of(), journal.entries(RUN, 0, 10), "not postponed any more");
  }

  @Test
  void finalizesRunWhoseExpiryCannotBePostponed() {
    Journal failing =
        (Journal)
            Proxy.newProxyInstance(
                Journal.class.getClassLoader(),
                new Class<?>[] {Journal.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("postponeExpiry")) {
                    throw Dependency.JOURNAL.unavailable("no answer", null);
                  }
                  return method.invoke(journal, arguments);
                });
    begin(RUN, 2);
    catalog.fail(RUN, new Failure("NotStarted", "no"), clock.instant());
    advanceTime(GRACE);
    assertEquals(1, reap(Instant.MAX, failing).failed());
    assertEquals(List.of(RUN + " NotStarted"), finalized);
  }

  @Test
  void finalizesUnclosedRunBeforeFreeingIt() {
    begin(RUN, 1);
    playTo(RUN, 0);
    archive(RUN);
    advanceTime(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    assertEquals(3, broker.buffer(RUN).length());
    advanceTime(GRACE.multipliedBy(3));
    assertEquals(List.of("freed"), actions(reap()), "freed after a longer time even if not closed");
  }

  @Test
  void finalizesAgainBeforeFreeingWhenReadersAreNotNotified() {
    begin(RUN, 1);
    playTo(RUN, 0);
    subscribers.put(RUN, READER, 4);
    archive(RUN);
    broker.close(RUN);
    advanceTime(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    assertEquals(3, broker.buffer(RUN).length());
    advanceTime(GRACE.multipliedBy(3));
    assertEquals(List.of("freed"), actions(reap()));
    assertEquals(Map.of(READER, 4L), subscribers.cursors(RUN), "cursors survive");
  }

  @Test
  void notifiesReadersOfRunThatEndedBeforeALongOutage() {
    begin(RUN, 1);
    playTo(RUN, 0);
    connections.connect(READER, Principal.LOCAL, clock.instant());
    connections.subscribe(RUN, READER);
    archive(RUN);
    broker.close(RUN);
    network.cut(Call.BROKER_PRESENCE);
    network.cut(Call.BROKER_DROP);
    advanceTime(GRACE.multipliedBy(3));
    assertEquals(1, reap().failed());
    network.restore(Call.BROKER_PRESENCE);
    network.restore(Call.BROKER_DROP);
    assertEquals(List.of("finalizing"), actions(reap()));
    advanceTime(Connections.MAX_DURATION.minus(GRACE.multipliedBy(3)));
    assertEquals(List.of("freed"), actions(reap()), "no such connection is open any more");
  }

  @Test
  void continuesAfterAFailedRun() {
    network.before(
        Call.BROKER_DROP,
        runId -> {
          if (runId.equals(RUN.value())) {
            throw Dependency.BROKER.unavailable("no answer", null);
          }
        });
    for (RunId runId : List.of(RUN, OTHER)) {
      begin(runId, 1);
      playTo(runId, 0);
      archive(runId);
      broker.close(runId);
    }
    advanceTime(GRACE);
    ReapReport report = reap();
    assertEquals(1, report.failed());
    assertEquals(
        List.of(OTHER), report.reaped().stream().flatMap(one -> one.runId().stream()).toList());
    assertTrue(tables.held(RUN));
    assertFalse(tables.held(OTHER));
  }

  @Test
  void finalizesRunWhoseReplayCannotBeStopped() {
    begin(RUN, 50);
    advanceTime(GRACE);
    stopFailure = new IllegalStateException("throttled");
    assertEquals(List.of("abandoned"), actions(reap()));
    assertEquals(List.of(RUN + " NotStarted"), finalized);
  }

  @Test
  void startsNothingAfterItsDeadline() {
    begin(RUN, 50);
    advanceTime(GRACE);
    assertEquals(List.of(), actions(reap(clock.instant())));
    assertEquals(RunStatus.RUNNING, catalog.find(RUN).orElseThrow().status());
  }
}
