package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.BrokerUnavailable;
import arena.event.Event;
import arena.journal.JournalEntry;
import arena.memory.MemoryArchive;
import arena.memory.MemoryBroker;
import arena.memory.MemoryRuns;
import arena.memory.SteppingClock;
import arena.run.Failure;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunNotRunning;
import arena.run.RunStatus;
import arena.stream.Notifier;
import arena.stream.NotifierUnavailable;
import arena.world.Scenario;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A run ends once and for all, whatever fails on the way and whoever comes late. */
class EndingTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final String RUN = "0123456789abcdef0123456789abcdef";
  private static final Failure WHY = new Failure("Abandoned", "it went silent");

  private final SteppingClock clock = new SteppingClock(START);
  private final List<String> woken = new ArrayList<>();
  private final MemoryRuns runs = new MemoryRuns();
  private final MemoryArchive archive = new MemoryArchive();
  private MemoryBroker broker = new MemoryBroker(clock);
  private Notifier notifier = woken::add;

  private void begin() {
    runs.begin(
        MemoryRuns.newRun(RUN, 5, START),
        new JournalEntry(RUN, 0, List.of(), Optional.of(Scenario.BALANCED.start())));
    broker.open(RUN, "label", START);
  }

  private List<Event> written(int t) {
    long seq = runs.find(RUN).orElseThrow().nEvents() + 1;
    TurnTask task = new TurnTask(RUN, t, seq, 0, 1, Profile.DEFAULT, false);
    JournalEntry entry = TurnEvents.before(task, Scenario.BALANCED.start(), START);
    runs.append(entry);
    return entry.events();
  }

  private Publisher publisher() {
    return new Publisher(broker, runs, runs, notifier);
  }

  private Run finalizeRun(Optional<Failure> failure) {
    return new FinalizeRun(runs, runs, archive, broker, publisher(), notifier, clock)
        .finalizeRun(RUN, failure);
  }

  private void assertEnded(RunStatus status, int events) {
    Run run = runs.find(RUN).orElseThrow();
    assertEquals(status, run.status());
    assertEquals(events, archive.events(run, 1, 1_000).size());
    assertFalse(broker.buffer(RUN).open(), "it is closed");
    assertTrue(runs.expires(RUN));
    assertTrue(woken.contains(RUN));
  }

  @Test
  void whatTheBrokerMissesOfARunIsThereBeforeItIsClosed() {
    begin();
    publisher().publish(RUN, written(0));
    written(1);
    assertEquals(RunStatus.COMPLETE, finalizeRun(Optional.empty()).status());
    assertEquals(6, broker.buffer(RUN).lastSeq());
    assertEnded(RunStatus.COMPLETE, 6);
  }

  @Test
  void aRunThatAnotherClosesWhileItIsFilledEnds() {
    broker =
        new MemoryBroker(clock) {
          @Override
          public synchronized long restore(
              String runId, String label, Instant startedAt, long nextSeq) {
            long next = super.restore(runId, label, startedAt, nextSeq);
            close(runId);
            return next;
          }
        };
    begin();
    publisher().publish(RUN, written(0));
    written(1);
    finalizeRun(Optional.empty());
    assertEnded(RunStatus.COMPLETE, 6);
  }

  @Test
  void finalizingTwiceChangesNothing() {
    begin();
    publisher().publish(RUN, written(0));
    Run first = finalizeRun(Optional.empty());
    assertEquals(first, finalizeRun(Optional.empty()));
    assertEquals(first, finalizeRun(Optional.of(WHY)), "it was complete before");
    assertEnded(RunStatus.COMPLETE, 3);
  }

  @Test
  void aRunWithoutEventsIsArchivedToo() {
    begin();
    finalizeRun(Optional.of(WHY));
    assertEnded(RunStatus.FAILED, 0);
  }

  @Test
  void aRunThatFailsBetweenArchiveAndCatalogStaysFailed() {
    begin();
    publisher().publish(RUN, written(0));
    MemoryArchive slow =
        new MemoryArchive() {
          @Override
          public synchronized String write(Run run, Iterable<Event> events) {
            runs.fail(RUN, WHY, START);
            archive.write(run, events);
            return super.write(run, events);
          }
        };
    new FinalizeRun(runs, runs, slow, broker, publisher(), notifier, clock)
        .finalizeRun(RUN, Optional.empty());
    assertEnded(RunStatus.FAILED, 3);
  }

  @Test
  void theLastWakeUpFailsAloudAndComesAgain() {
    begin();
    publisher().publish(RUN, written(0));
    AtomicBoolean away = new AtomicBoolean(true);
    notifier =
        runId -> {
          if (away.get()) {
            throw new NotifierUnavailable("Lambda is away", null);
          }
          woken.add(runId);
        };
    assertThrows(NotifierUnavailable.class, () -> finalizeRun(Optional.empty()));
    away.set(false);
    finalizeRun(Optional.empty());
    assertEnded(RunStatus.COMPLETE, 3);
  }

  @Test
  void aTurnIsNotHeldUpByReadersWhoCannotBeWoken() {
    begin();
    broker.put(RUN, "reader", 1);
    notifier =
        _ -> {
          throw new NotifierUnavailable("Lambda is away", null);
        };
    publisher().publish(RUN, written(0));
    assertEquals(3, broker.buffer(RUN).lastSeq());
  }

  @Test
  void aBrokerThatLostTheRunIsFilledAgain() {
    begin();
    publisher().publish(RUN, written(0));
    broker.loseEverything();
    publisher().publish(RUN, written(1));
    assertEquals(6, broker.read(RUN, 1, 100, Integer.MAX_VALUE).size());
    assertTrue(broker.buffer(RUN).open());
  }

  @Test
  void aBrokerThatLosesTheRunWhileItIsFilledIsFilledOnceMore() {
    AtomicBoolean lost = new AtomicBoolean();
    broker =
        new MemoryBroker(clock) {
          @Override
          public synchronized long restore(
              String runId, String label, Instant startedAt, long nextSeq) {
            long next = super.restore(runId, label, startedAt, nextSeq);
            if (!lost.getAndSet(true)) {
              loseEverything();
            }
            return next;
          }
        };
    begin();
    publisher().publish(RUN, written(0));
    broker.loseEverything();
    publisher().publish(RUN, written(1));
    assertEquals(6, broker.read(RUN, 1, 100, Integer.MAX_VALUE).size());
  }

  @Test
  void aLatePublishDoesNotOpenARunThatHasEndedMeanwhile() {
    AtomicBoolean ended = new AtomicBoolean();
    broker =
        new MemoryBroker(clock) {
          @Override
          public synchronized long restore(
              String runId, String label, Instant startedAt, long nextSeq) {
            if (!ended.getAndSet(true)) {
              finalizeRun(Optional.of(WHY)); // between the look at the catalog and this
            }
            return super.restore(runId, label, startedAt, nextSeq);
          }
        };
    begin();
    List<Event> events = written(0);
    broker.loseEverything();
    assertThrows(RunNotRunning.class, () -> publisher().publish(RUN, events));
    assertEnded(RunStatus.FAILED, 3);
    assertTrue(woken.size() > 1, "whoever was told nothing in between is told now");
  }

  @Test
  void aTurnOfARunThatEndedIsRefusedByName() {
    begin();
    List<Event> events = written(0);
    finalizeRun(Optional.of(WHY));
    assertThrows(RunNotRunning.class, () -> publisher().publish(RUN, events));
    assertEnded(RunStatus.FAILED, 3);
  }

  @Test
  void whateverAFinalizationDiesOfTheNextOneEndsTheRun() {
    AtomicBoolean away = new AtomicBoolean(true);
    broker =
        new MemoryBroker(clock) {
          @Override
          public synchronized void close(String runId) {
            if (away.getAndSet(false)) {
              throw new BrokerUnavailable("no answer", null);
            }
            super.close(runId);
          }
        };
    begin();
    publisher().publish(RUN, written(0));
    assertThrows(BrokerUnavailable.class, () -> finalizeRun(Optional.empty()));
    assertTrue(runs.find(RUN).orElseThrow().archived(), "the archive comes before the close");
    finalizeRun(Optional.empty());
    assertEnded(RunStatus.COMPLETE, 3);
  }
}
