package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.BrokerUnavailable;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.journal.JournalEntry;
import arena.memory.MemoryArchive;
import arena.memory.MemoryBroker;
import arena.memory.MemoryConnections;
import arena.memory.MemoryRuns;
import arena.memory.SteppingClock;
import arena.run.Run;
import arena.world.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the reaper does with keys that it finds, and leaves alone. */
class ReapStraysTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration GRACE = Duration.ofMinutes(30);
  private static final String RUN = "0123456789abcdef0123456789abcdef";
  private static final String STRAY = "fedcba9876543210fedcba9876543210";

  private final SteppingClock clock = new SteppingClock(START);
  private final MemoryRuns runs = new MemoryRuns();
  private final MemoryArchive archive = new MemoryArchive();
  private final MemoryConnections connections = new MemoryConnections();
  private MemoryBroker broker = new MemoryBroker(clock);

  private Reaping reap() {
    return reap(Instant.MAX);
  }

  private Reaping reap(Instant deadline) {
    return new ReapStrays(runs, broker, broker, connections, GRACE, clock).reap(deadline);
  }

  private static List<String> actions(Reaping reaping) {
    return reaping.reaped().stream().map(Reaped::action).toList();
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
    runs.begin(
        MemoryRuns.newRun(RUN, 5, START),
        new JournalEntry(RUN, 0, List.of(), Optional.of(Scenario.BALANCED.start())));
    runs.append(new JournalEntry(RUN, 1, List.of(event(RUN)), Optional.empty()));
    buffer(RUN);
  }

  private void archived() {
    Run run = runs.find(RUN).orElseThrow();
    String address = archive.write(run, runs.events(RUN, 1, 10));
    runs.archived(RUN, address, archive.summary(run), clock.instant());
  }

  @Test
  void keysOfARunThatTheCatalogDoesNotKnowGoAtOnceAndOnce() {
    aRun();
    buffer(STRAY);
    connections.connected("reader", START);
    connections.subscribed("reader", STRAY);
    broker.put(STRAY, "reader", 1);
    Reaping reaping = reap();
    assertEquals(List.of("stray_dropped"), actions(reaping));
    assertEquals(Optional.of(STRAY), reaping.reaped().getFirst().runId());
    assertEquals(Set.of(RUN), broker.runs(Optional.empty()).runIds());
    assertEquals(Set.of(), connections.of("reader"));
    assertEquals(List.of(), actions(reap()));
    assertEquals(1, broker.buffer(RUN).length(), "the run that is known is as it was");
    assertTrue(broker.buffer(RUN).open());
  }

  @Test
  void aRunThatBeginsWhileItLooksIsNoStray() {
    MemoryRuns blind =
        new MemoryRuns() {
          @Override
          public synchronized List<Run> held(int limit) {
            return List.of();
          }

          @Override
          public synchronized Optional<Run> find(String runId) {
            return runs.find(runId);
          }
        };
    aRun();
    Reaping reaping =
        new ReapStrays(blind, broker, broker, connections, GRACE, clock).reap(Instant.MAX);
    assertEquals(List.of(), actions(reaping));
    assertTrue(broker.buffer(RUN).open());
  }

  @Test
  void aBufferThatCameBackAfterItWasFreedGoesAfterTheGrace() {
    aRun();
    archived();
    broker.close(RUN);
    broker.drop(RUN);
    runs.released(RUN);
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
    broker.put(RUN, "there", 1);
    broker.put(RUN, "gone", 1);
    Reaping reaping = reap();
    assertEquals(List.of("reader_forgotten"), actions(reaping));
    assertEquals(Optional.of("gone"), reaping.reaped().getFirst().connectionId());
    assertEquals(Map.of("there", 1L), broker.cursors(RUN));
    assertEquals(List.of(), actions(reap()));
  }

  @Test
  void readersOfAnArchiveAreLeftAlone() {
    aRun();
    archived();
    broker.close(RUN);
    broker.drop(RUN);
    runs.released(RUN);
    connections.connected("there", START);
    connections.subscribed("there", RUN);
    broker.put(RUN, "there", 1);
    clock.advance(GRACE.multipliedBy(2));
    assertEquals(List.of(), actions(reap()));
    assertEquals(Map.of("there", 1L), broker.cursors(RUN));
  }

  @Test
  void oneThatCannotBeSeenToIsNoReasonToLeaveTheOthers() {
    String other = STRAY.replace('f', '0');
    broker =
        new MemoryBroker(clock) {
          @Override
          public synchronized void drop(String runId) {
            if (runId.equals(STRAY)) {
              throw new BrokerUnavailable("no answer", null);
            }
            super.drop(runId);
          }
        };
    buffer(STRAY);
    buffer(other);
    Reaping reaping = reap();
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
