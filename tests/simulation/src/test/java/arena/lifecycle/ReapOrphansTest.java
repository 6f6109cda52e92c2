package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.archive.Archive;
import arena.broker.Broker;
import arena.broker.BrokerUnavailable;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Run;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the reaper does with keys that it finds, and leaves alone. */
class ReapOrphansTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration GRACE = Duration.ofMinutes(30);
  private static final String RUN = "0123456789abcdef0123456789abcdef";
  private static final String STRAY = "fedcba9876543210fedcba9876543210";

  private final SteppingClock clock = new SteppingClock(START);
  private final ScriptedNetwork wire = new ScriptedNetwork();
  private final SimulatedTables tables = new SimulatedTables(clock, wire, Observer.NOBODY);
  private final Catalog catalog = new SimulatedCatalog(tables);
  private final Journal journal = new SimulatedJournal(tables);
  private final Archive archive =
      new SimulatedArchive(new SimulatedBucket(), wire, Observer.NOBODY);
  private final SimulatedConnections connections = new SimulatedConnections(clock, wire);
  private final SimulatedRedis redis =
      new SimulatedRedis(clock, wire, Observer.NOBODY, Broker.BUFFER_EVENTS);
  private final Broker broker = new SimulatedBroker(redis);
  private final Subscribers subscribers = new SimulatedSubscribers(redis);

  private ReapReport reap() {
    return reap(Instant.MAX);
  }

  private ReapReport reap(Instant deadline) {
    return new ReapOrphans(catalog, broker, subscribers, connections, GRACE, clock).reap(deadline);
  }

  private static List<String> actions(ReapReport reaping) {
    return reaping.reaped().stream().map(ReapAction::kind).map(ReapAction.Kind::label).toList();
  }

  private static Event event(String runId) {
    Payload payload = new Payload.LlmPrompt("prompt");
    return new Event(runId, 1, "agent", 0, payload.kind(), PayloadCodec.write(payload), START, 1);
  }

  private void buffer(String runId) {
    broker.open(runId, "label", START);
    broker.publish(runId, List.of(event(runId)));
  }

  private void aRun() {
    RunFixtures.begin(journal, RUN, 5, START);
    journal.append(new JournalEntry(RUN, 1, List.of(event(RUN)), Optional.empty()));
    buffer(RUN);
  }

  private void archived() {
    Run run = catalog.find(RUN).orElseThrow();
    String address = archive.write(run, journal.events(RUN, 1, 10));
    catalog.archived(RUN, address, archive.summary(run), clock.instant());
  }

  @Test
  void keysOfARunThatTheCatalogDoesNotKnowGoAtOnceAndOnce() {
    aRun();
    buffer(STRAY);
    connections.connected("reader", START);
    connections.subscribed("reader", STRAY);
    subscribers.put(STRAY, "reader", 1);
    ReapReport reaping = reap();
    assertEquals(List.of("stray_dropped"), actions(reaping));
    assertEquals(Optional.of(STRAY), reaping.reaped().getFirst().runId());
    assertEquals(Set.of(RUN), broker.runs(Optional.empty()).runIds());
    assertEquals(Set.of(), connections.subscriptions("reader"));
    assertEquals(List.of(), actions(reap()));
    assertEquals(1, broker.buffer(RUN).length(), "the run that is known is as it was");
    assertTrue(broker.buffer(RUN).open());
  }

  @Test
  void aRunThatBeginsWhileItLooksIsNoStray() {
    wire.lag(Duration.ofSeconds(1)); // the list of runs does not have it yet
    aRun();
    assertEquals(List.of(), catalog.held(10));
    assertEquals(List.of(), actions(reap()));
    assertTrue(broker.buffer(RUN).open());
  }

  @Test
  void aBufferThatCameBackAfterItWasFreedGoesAfterTheGrace() {
    aRun();
    archived();
    broker.close(RUN);
    broker.drop(RUN);
    catalog.released(RUN);
    buffer(RUN);
    clock.advance(GRACE.minusSeconds(1));
    assertEquals(List.of(), actions(reap()));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(List.of("freed"), actions(reap()));
    assertEquals(0, broker.buffer(RUN).length());
    assertEquals(List.of(), actions(reap()));
  }

  @Test
  void cursorsOfConnectionsThatAreGoneAreForgotten() {
    aRun();
    connections.connected("there", START);
    connections.subscribed("there", RUN);
    subscribers.put(RUN, "there", 1);
    subscribers.put(RUN, "gone", 1);
    ReapReport reaping = reap();
    assertEquals(List.of("reader_forgotten"), actions(reaping));
    assertEquals(Optional.of("gone"), reaping.reaped().getFirst().connectionId());
    assertEquals(Map.of("there", 1L), subscribers.cursors(RUN));
    assertEquals(List.of(), actions(reap()));
  }

  @Test
  void readersOfAnArchiveAreLeftAlone() {
    aRun();
    archived();
    broker.close(RUN);
    broker.drop(RUN);
    catalog.released(RUN);
    connections.connected("there", START);
    connections.subscribed("there", RUN);
    subscribers.put(RUN, "there", 1);
    clock.advance(GRACE.multipliedBy(2));
    assertEquals(List.of(), actions(reap()));
    assertEquals(Map.of("there", 1L), subscribers.cursors(RUN));
  }

  @Test
  void oneThatCannotBeSeenToIsNoReasonToLeaveTheOthers() {
    String other = STRAY.replace('f', '0');
    wire.before(
        Call.BROKER_DROP,
        runId -> {
          if (runId.equals(STRAY)) {
            throw new BrokerUnavailable("no answer", null);
          }
        });
    buffer(STRAY);
    buffer(other);
    ReapReport reaping = reap();
    assertEquals(1, reaping.failed());
    assertEquals(Optional.of(other), reaping.reaped().getFirst().runId());
  }

  @Test
  void pastItsDeadlineItBeginsNothing() {
    buffer(STRAY);
    assertEquals(List.of(), actions(reap(clock.instant())));
    assertFalse(broker.runs(Optional.empty()).runIds().isEmpty());
  }
}
