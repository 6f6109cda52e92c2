package arena.lifecycle;

import static arena.simulation.stores.ScriptedNetwork.once;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.archive.Archive;
import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.error.ErrorKind;
import arena.event.Event;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.metrics.Metric;
import arena.metrics.Metrics;
import arena.metrics.Step;
import arena.run.Failure;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunNotRunning;
import arena.run.RunStatus;
import arena.simulation.stores.Call;
import arena.simulation.stores.Observer;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.ScriptedNetwork;
import arena.simulation.stores.SimulatedArchive;
import arena.simulation.stores.SimulatedBroker;
import arena.simulation.stores.SimulatedBucket;
import arena.simulation.stores.SimulatedCatalog;
import arena.simulation.stores.SimulatedJournal;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedSubscribers;
import arena.simulation.stores.SimulatedTables;
import arena.simulation.stores.SteppingClock;
import arena.stream.FanOutInvoker;
import arena.world.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Finalizing a run, with failures and late callers. */
class EndingTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");
  private static final Failure FAILURE = new Failure("Abandoned", "it went silent");

  private final SteppingClock clock = new SteppingClock(START);
  private final List<RunId> woken = new ArrayList<>();
  private final ScriptedNetwork network = new ScriptedNetwork();
  private final SimulatedTables tables = new SimulatedTables(clock, network, Observer.NONE);
  private final Catalog catalog = new SimulatedCatalog(tables);
  private final Journal journal = new SimulatedJournal(tables);
  private final Archive archive =
      new SimulatedArchive(new SimulatedBucket(), network, Observer.NONE);
  private final SimulatedRedis redis =
      new SimulatedRedis(clock, network, Observer.NONE, Broker.BUFFER_EVENTS);
  private final Broker broker = new SimulatedBroker(redis);
  private final Subscribers subscribers = new SimulatedSubscribers(redis);
  private FanOutInvoker fanOutInvoker = woken::add;
  private final List<Enum<?>> failedRuns = new ArrayList<>();
  private final Metrics metrics =
      new Metrics() {
        @Override
        public void count(Metric metric, long count) {}

        @Override
        public void count(Metric metric, Enum<?> value) {
          if (metric == Metric.RUNS_FAILED) {
            failedRuns.add(value);
          }
        }

        @Override
        public void max(Metric metric, double value) {}

        @Override
        public <T> T timed(Step step, Supplier<T> work) {
          return work.get();
        }
      };

  private void begin() {
    RunFixtures.begin(journal, RUN, 5, START);
    broker.open(RUN, "label", START);
  }

  private List<Event> appendTurn(int t) {
    long seq = catalog.find(RUN).orElseThrow().nEvents() + 1;
    TurnTask task = new TurnTask(RUN, t, seq, 0, 1, Profile.DEFAULT, false);
    JournalEntry entry = TurnEvents.before(task, Scenario.BALANCED.start(), START);
    journal.append(entry);
    return entry.events();
  }

  /** Publishes events after a publish that succeeded. */
  private boolean publish(List<Event> events) {
    return publish(events, false);
  }

  private boolean publish(List<Event> events, boolean behind) {
    return new Publisher(broker, journal, catalog, fanOutInvoker, clock, metrics)
        .publish(RUN, events, behind);
  }

  private Run archive(Optional<Failure> failure) {
    return new FinalizeRun(catalog, journal, archive, clock, metrics).finalizeRun(RUN, failure);
  }

  private void close() {
    new CloseRun(catalog, broker, fanOutInvoker).close(RUN);
  }

  private Run finalizeRun(Optional<Failure> failure) {
    Run run = archive(failure);
    close();
    return run;
  }

  private static DependencyUnavailable unavailable() {
    return Dependency.BROKER.unavailable("no answer", null);
  }

  private static Stream<Call> brokerCalls() {
    return Arrays.stream(Call.values())
        .filter(
            call -> call.label().startsWith("broker.") || call.label().startsWith("subscribers."));
  }

  private void stopBroker() {
    brokerCalls().forEach(network::cut);
  }

  private void startBroker() {
    brokerCalls().forEach(network::restore);
  }

  private void assertEnded(RunStatus status, int events) {
    Run run = catalog.find(RUN).orElseThrow();
    assertEquals(status, run.status());
    assertEquals(events, archive.events(run, 1, 1_000).size());
    assertFalse(broker.buffer(RUN).open(), "closed");
    assertTrue(woken.contains(RUN));
    assertFalse(journal.entries(RUN, 0, 1).isEmpty(), "journal kept after the end");
    clock.advance(Journal.RETENTION);
    assertTrue(journal.entries(RUN, 0, 1).isEmpty(), "journal expired");
  }

  @Test
  void refusesToCloseARunThatIsNotArchived() {
    begin();
    publish(appendTurn(0));

    assertThrows(IllegalStateException.class, this::close);

    assertTrue(broker.buffer(RUN).open());
  }

  @Test
  void continuesAndEndsWithoutTheBroker() {
    begin();
    assertFalse(publish(appendTurn(0)));
    stopBroker();
    assertTrue(publish(appendTurn(1)), "behind");
    assertEquals(List.of(RUN), woken, "the fan-out notifies the readers");
    assertTrue(publish(appendTurn(2), true), "still behind");
    assertEquals(List.of(RUN), woken, "once");
    assertEquals(RunStatus.COMPLETE, archive(Optional.empty()).status());
    assertEquals(
        Dependency.BROKER, assertThrows(DependencyUnavailable.class, this::close).dependency());
    startBroker();
    close();
    assertEnded(RunStatus.COMPLETE, 9);
  }

  @Test
  void bringsTheBrokerUpToDateWhenItReturns() {
    begin();
    publish(appendTurn(0));
    stopBroker();
    publish(appendTurn(1));
    startBroker();
    assertFalse(publish(appendTurn(2), true));
    assertEquals(9, broker.read(RUN, 1, 100, Integer.MAX_VALUE).size());
  }

  @Test
  void continuesARefillThatTakesTooLong() {
    begin();
    for (int t = 0; t < 400; t++) {
      appendTurn(t);
    }
    network.after(Call.BROKER_PUBLISH, _ -> clock.advance(Duration.ofSeconds(2)));
    assertTrue(publish(appendTurn(400)), "behind");
    assertTrue(broker.buffer(RUN).lastSeq() < 1_203);
    network.after(Call.BROKER_PUBLISH, _ -> {});
    assertFalse(publish(appendTurn(401), true));
    assertEquals(1_206, broker.buffer(RUN).length());
  }

  @Test
  void finalizesIdempotently() {
    begin();
    publish(appendTurn(0));
    Run first = finalizeRun(Optional.empty());
    assertEquals(first, finalizeRun(Optional.empty()));
    assertEquals(first, finalizeRun(Optional.of(FAILURE)), "already complete");
    assertEnded(RunStatus.COMPLETE, 3);
  }

  @Test
  void countsFailedRunOnceWhenItsFinalizationIsRetried() {
    begin();
    for (Call call : List.of(Call.ARCHIVE_WRITE, Call.CATALOG_ARCHIVED, Call.BROKER_CLOSE)) {
      network.before(
          call,
          once(
              _ -> {
                throw unavailable();
              }));
      assertThrows(DependencyUnavailable.class, () -> finalizeRun(Optional.of(FAILURE)));
    }
    finalizeRun(Optional.of(FAILURE));
    finalizeRun(Optional.of(FAILURE));
    assertEquals(List.of(ErrorKind.ABANDONED), failedRuns);
  }

  @Test
  void doesNotCountRunThatIsAlreadyComplete() {
    begin();
    finalizeRun(Optional.empty());
    finalizeRun(Optional.of(FAILURE));
    assertEquals(List.of(), failedRuns);
  }

  @Test
  void archivesRunWithoutEvents() {
    begin();
    finalizeRun(Optional.of(FAILURE));
    assertEnded(RunStatus.FAILED, 0);
  }

  @Test
  void keepsFailureThatOccursWhileArchiving() {
    begin();
    publish(appendTurn(0));
    network.before(
        Call.ARCHIVE_WRITE,
        once(_ -> assertTrue(catalog.fail(RUN, FAILURE, START), "was running")));
    finalizeRun(Optional.empty());
    assertEnded(RunStatus.FAILED, 3);
  }

  @Test
  void failsWhenTheFinalFanOutInvocationFailsAndSucceedsOnRetry() {
    begin();
    publish(appendTurn(0));
    AtomicBoolean unreachable = new AtomicBoolean(true);
    fanOutInvoker =
        runId -> {
          if (unreachable.get()) {
            throw Dependency.FAN_OUT.unavailable("Lambda is unreachable", null);
          }
          woken.add(runId);
        };
    assertEquals(
        Dependency.FAN_OUT,
        assertThrows(DependencyUnavailable.class, () -> finalizeRun(Optional.empty()))
            .dependency());
    unreachable.set(false);
    finalizeRun(Optional.empty());
    assertEnded(RunStatus.COMPLETE, 3);
  }

  @Test
  void publishesWhenTheFanOutCannotBeInvoked() {
    begin();
    subscribers.put(RUN, ConnectionId.of("reader"), 1);
    fanOutInvoker =
        _ -> {
          throw Dependency.FAN_OUT.unavailable("Lambda is unreachable", null);
        };
    publish(appendTurn(0));
    assertEquals(3, broker.buffer(RUN).lastSeq());
  }

  @Test
  void refillsBrokerThatLostTheRun() {
    begin();
    publish(appendTurn(0));
    redis.flush();
    publish(appendTurn(1));
    assertEquals(6, broker.read(RUN, 1, 100, Integer.MAX_VALUE).size());
    assertTrue(broker.buffer(RUN).open());
  }

  @Test
  void refillsBrokerThatLosesTheRunDuringTheRefill() {
    network.after(Call.BROKER_RESTORE, once(_ -> redis.flush()));
    begin();
    publish(appendTurn(0));
    redis.flush();
    publish(appendTurn(1));
    assertEquals(6, broker.read(RUN, 1, 100, Integer.MAX_VALUE).size());
  }

  @Test
  void latePublishDoesNotReopenEndedRun() {
    // After the read of the catalog and before the restore.
    network.before(Call.BROKER_RESTORE, once(_ -> finalizeRun(Optional.of(FAILURE))));
    begin();
    List<Event> events = appendTurn(0);
    redis.flush();
    assertThrows(RunNotRunning.class, () -> publish(events));
    assertEnded(RunStatus.FAILED, 3);
    assertTrue(woken.size() > 1, "readers that were not notified are notified now");
  }

  @Test
  void rejectsPublishToEndedRun() {
    begin();
    List<Event> events = appendTurn(0);
    finalizeRun(Optional.of(FAILURE));
    assertThrows(RunNotRunning.class, () -> publish(events));
    assertEnded(RunStatus.FAILED, 3);
  }

  @Test
  void nextFinalizationEndsTheRunAfterAFailedOne() {
    network.before(
        Call.BROKER_CLOSE,
        once(
            _ -> {
              throw unavailable();
            }));
    begin();
    publish(appendTurn(0));
    assertEquals(
        Dependency.BROKER,
        assertThrows(DependencyUnavailable.class, () -> finalizeRun(Optional.empty()))
            .dependency());
    assertTrue(catalog.find(RUN).orElseThrow().archived(), "archived before closed");
    finalizeRun(Optional.empty());
    assertEnded(RunStatus.COMPLETE, 3);
  }
}
