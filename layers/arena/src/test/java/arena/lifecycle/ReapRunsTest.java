package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.BrokerUnavailable;
import arena.journal.JournalEntry;
import arena.memory.MemoryArchive;
import arena.memory.MemoryBroker;
import arena.memory.MemoryConnections;
import arena.memory.MemoryRuns;
import arena.memory.SteppingClock;
import arena.run.Failure;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunStatus;
import arena.world.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the reaper does, and leaves alone. */
class ReapRunsTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration GRACE = Duration.ofMinutes(30);
  private static final String RUN = "0123456789abcdef0123456789abcdef";
  private static final String OTHER = "fedcba9876543210fedcba9876543210";

  private final SteppingClock clock = new SteppingClock(START);
  private final MemoryArchive archive = new MemoryArchive();
  private final List<String> finalized = new ArrayList<>();
  private final List<String> stopped = new ArrayList<>();
  private final MemoryConnections connections = new MemoryConnections();
  private MemoryRuns runs = new MemoryRuns();
  private MemoryBroker broker = new MemoryBroker(clock);
  private RuntimeException stopFails;

  private final Replays replays =
      new Replays() {
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

  private Reaping reap() {
    return reap(Instant.MAX);
  }

  private Reaping reap(Instant deadline) {
    Finalizer finalizer =
        (runId, failure) -> finalized.add(runId + " " + failure.map(Failure::code).orElse("ok"));
    return new ReapRuns(runs, broker, broker, connections, replays, finalizer, GRACE, clock)
        .reap(deadline);
  }

  private static List<String> actions(Reaping reaping) {
    return reaping.reaped().stream().map(Reaped::action).toList();
  }

  private void begin(String runId, int nTurns) {
    runs.begin(
        MemoryRuns.newRun(runId, nTurns, START),
        new JournalEntry(runId, 0, List.of(), Optional.of(Scenario.BALANCED.start())));
    broker.open(runId, "label", START);
  }

  /** Plays so far that this is the turn of the last event. */
  private void playTo(String runId, int t) {
    passes(Duration.ofMillis(1));
    long seq = runs.find(runId).orElseThrow().nEvents() + 1;
    TurnTask task = new TurnTask(runId, t, seq, 0, 1, Profile.DEFAULT, false);
    JournalEntry entry = TurnEvents.before(task, Scenario.BALANCED.start(), clock.instant());
    runs.append(entry);
    broker.publish(runId, entry.events());
  }

  private void archive(String runId) {
    Run run = runs.find(runId).orElseThrow();
    String address = archive.write(run, runs.events(runId, 1, 1_000));
    runs.archived(runId, address, archive.summary(run), clock.instant());
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
    assertTrue(runs.isReleased(RUN));
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
    assertEquals(RunStatus.RUNNING, runs.find(RUN).orElseThrow().status());
  }

  @Test
  void aSilentRunIsFencedStoppedAndFinalized() {
    begin(RUN, 50);
    playTo(RUN, 0);
    passes(GRACE);
    assertEquals(List.of("abandoned"), actions(reap()));
    assertEquals(RunStatus.FAILED, runs.find(RUN).orElseThrow().status());
    assertEquals(List.of(RUN), stopped);
    assertEquals(List.of(RUN + " Abandoned"), finalized);
    assertEquals(3, broker.buffer(RUN).length(), "nothing is dropped before it is archived");
  }

  @Test
  void aRunThatGoesOnWhileItIsLookedAtIsLeftAlone() {
    runs =
        new MemoryRuns() {
          @Override
          public synchronized List<Run> held(int limit) {
            List<Run> held = super.held(limit);
            playTo(RUN, 1);
            return held;
          }
        };
    begin(RUN, 50);
    playTo(RUN, 0);
    passes(GRACE);
    assertEquals(List.of(), actions(reap()));
    assertEquals(RunStatus.RUNNING, runs.find(RUN).orElseThrow().status());
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
    assertEquals(RunStatus.RUNNING, runs.find(RUN).orElseThrow().status());
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
        NotStarted.CODE, runs.find(RUN).orElseThrow().failure().map(Failure::code).orElseThrow());
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
    List<Reaping> other = new ArrayList<>();
    runs =
        new MemoryRuns() {
          @Override
          public synchronized List<Run> held(int limit) {
            List<Run> held = super.held(limit);
            if (other.isEmpty()) {
              other.add(new Reaping(List.of(), 0)); // not again within itself
              other.set(0, reap());
            }
            return held;
          }
        };
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
    runs.fail(RUN, new Failure("NotStarted", "no"), clock.instant());
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
    broker.put(RUN, "reader", 4);
    archive(RUN);
    broker.close(RUN);
    passes(GRACE);
    assertEquals(List.of("finalizing"), actions(reap()));
    assertEquals(3, broker.buffer(RUN).length());
    passes(GRACE.multipliedBy(3));
    assertEquals(List.of("freed"), actions(reap()));
    assertEquals(Map.of("reader", 4L), broker.cursors(RUN), "and are not forgotten");
  }

  @Test
  void oneBadRunIsNoReasonToLeaveTheOthers() {
    broker =
        new MemoryBroker(clock) {
          @Override
          public synchronized void drop(String runId) {
            if (runId.equals(RUN)) {
              throw new BrokerUnavailable("no answer", null);
            }
            super.drop(runId);
          }
        };
    for (String runId : List.of(RUN, OTHER)) {
      begin(runId, 1);
      playTo(runId, 0);
      archive(runId);
      broker.close(runId);
    }
    passes(GRACE);
    Reaping reaping = reap();
    assertEquals(1, reaping.failed());
    assertEquals(
        List.of(OTHER), reaping.reaped().stream().flatMap(one -> one.runId().stream()).toList());
    assertFalse(runs.isReleased(RUN));
    assertTrue(runs.isReleased(OTHER));
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
    assertEquals(RunStatus.RUNNING, runs.find(RUN).orElseThrow().status());
  }
}
