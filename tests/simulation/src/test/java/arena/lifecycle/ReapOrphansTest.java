package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Principal;
import arena.archive.Archive;
import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.codec.PayloadCodec;
import arena.error.Dependency;
import arena.event.Event;
import arena.event.Payload;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Run;
import arena.run.RunId;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which orphaned keys and cursors the reaper deletes, and which it keeps. */
class ReapOrphansTest {
  private static final ConnectionId READER = ConnectionId.of("reader");
  private static final ConnectionId OPEN = ConnectionId.of("open");
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration GRACE = Duration.ofMinutes(30);
  private static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");
  private static final RunId ORPHAN = RunId.of("fedcba9876543210fedcba9876543210");

  private final SteppingClock clock = new SteppingClock(START);
  private final ScriptedNetwork network = new ScriptedNetwork();
  private final SimulatedTables tables = new SimulatedTables(clock, network, Observer.NONE);
  private final Catalog catalog = new SimulatedCatalog(tables);
  private final Journal journal = new SimulatedJournal(tables);
  private final Archive archive =
      new SimulatedArchive(new SimulatedBucket(), network, Observer.NONE);
  private final SimulatedConnections connections = new SimulatedConnections(clock, network);
  private final SimulatedRedis redis =
      new SimulatedRedis(clock, network, Observer.NONE, Broker.BUFFER_EVENTS);
  private final Broker broker = new SimulatedBroker(redis);
  private final Subscribers subscribers = new SimulatedSubscribers(redis);

  private ReapReport reap() {
    return reap(Instant.MAX);
  }

  private ReapReport reap(Instant deadline) {
    return new ReapOrphans(
            catalog, broker, subscribers, connections, GRACE, clock, InlineTaskRunner.INSTANCE)
        .reap(catalog.held(Catalog.MAX_HELD), deadline);
  }

  private static List<String> actions(ReapReport report) {
    return report.reaped().stream().map(ReapAction::kind).map(ReapAction.Kind::label).toList();
  }

  private static Event event(RunId runId) {
    Payload payload = new Payload.LlmPrompt("prompt");
    return new Event(runId, 1, "agent", 0, payload.kind(), PayloadCodec.write(payload), START, 1);
  }

  private void buffer(RunId runId) {
    broker.open(runId, "label", START);
    broker.publish(runId, List.of(event(runId)));
  }

  private void createRun() {
    RunFixtures.begin(journal, RUN, 5, START);
    journal.append(new JournalEntry(RUN, 1, List.of(event(RUN)), Optional.empty()));
    buffer(RUN);
  }

  private void archiveRun() {
    Run run = catalog.find(RUN).orElseThrow();
    String address = archive.write(run, journal.events(RUN, 1, 10));
    catalog.markArchived(RUN, address, archive.summary(run), clock.instant());
  }

  @Test
  void deletesKeysOfUnknownRunsOnce() {
    createRun();
    buffer(ORPHAN);
    connections.connect(READER, Principal.LOCAL, START);
    connections.subscribe(ORPHAN, READER);
    subscribers.put(ORPHAN, READER, 1);
    ReapReport report = reap();
    assertEquals(List.of("stray_dropped"), actions(report));
    assertEquals(Optional.of(ORPHAN), report.reaped().getFirst().runId());
    assertEquals(Set.of(RUN), broker.runs(Optional.empty()).runIds());
    assertEquals(Set.of(), connections.subscriptions(READER));
    assertEquals(List.of(), actions(reap()));
    assertEquals(1, broker.buffer(RUN).length(), "the known run is unchanged");
    assertTrue(broker.buffer(RUN).open());
  }

  @Test
  void keepsKeysOfRunCreatedDuringTheScan() {
    network.lag(Duration.ofSeconds(1)); // not yet in the list of runs
    createRun();
    assertEquals(List.of(), catalog.held(10));
    assertEquals(List.of(), actions(reap()));
    assertTrue(broker.buffer(RUN).open());
  }

  @Test
  void freesRestoredBufferAfterTheGracePeriod() {
    createRun();
    archiveRun();
    broker.close(RUN);
    broker.drop(RUN);
    catalog.markReleased(RUN);
    buffer(RUN);
    clock.advance(GRACE.minusSeconds(1));
    assertEquals(List.of(), actions(reap()));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(List.of("freed"), actions(reap()));
    assertEquals(0, broker.buffer(RUN).length());
    assertEquals(List.of(), actions(reap()));
  }

  @Test
  void deletesCursorsOfClosedConnections() {
    createRun();
    connections.connect(OPEN, Principal.LOCAL, START);
    connections.subscribe(RUN, OPEN);
    subscribers.put(RUN, OPEN, 1);
    subscribers.put(RUN, ConnectionId.of("gone"), 1);
    ReapReport report = reap();
    assertEquals(List.of("reader_forgotten"), actions(report));
    assertEquals(Optional.of(ConnectionId.of("gone")), report.reaped().getFirst().connectionId());
    assertEquals(Map.of(OPEN, 1L), subscribers.cursors(RUN));
    assertEquals(List.of(), actions(reap()));
  }

  @Test
  void keepsReadersOfArchivedRun() {
    createRun();
    archiveRun();
    broker.close(RUN);
    broker.drop(RUN);
    catalog.markReleased(RUN);
    connections.connect(OPEN, Principal.LOCAL, START);
    connections.subscribe(RUN, OPEN);
    subscribers.put(RUN, OPEN, 1);
    clock.advance(GRACE.multipliedBy(2));
    assertEquals(List.of(), actions(reap()));
    assertEquals(Map.of(OPEN, 1L), subscribers.cursors(RUN));
  }

  @Test
  void continuesAfterAFailure() {
    RunId other = RunId.of(ORPHAN.value().replace('f', '0'));
    network.before(
        Call.BROKER_DROP,
        runId -> {
          if (runId.equals(ORPHAN.value())) {
            throw Dependency.BROKER.unavailable("no answer", null);
          }
        });
    buffer(ORPHAN);
    buffer(other);
    ReapReport report = reap();
    assertEquals(1, report.failed());
    assertEquals(Optional.of(other), report.reaped().getFirst().runId());
  }

  @Test
  void startsNothingAfterItsDeadline() {
    buffer(ORPHAN);
    assertEquals(List.of(), actions(reap(clock.instant())));
    assertFalse(broker.runs(Optional.empty()).runIds().isEmpty());
  }
}
