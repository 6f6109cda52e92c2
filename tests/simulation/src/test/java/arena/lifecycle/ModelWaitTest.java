package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.agent.Decision;
import arena.agent.ModelOverloaded;
import arena.agent.ModelRefused;
import arena.agent.ModelThrottled;
import arena.broker.Broker;
import arena.journal.Journal;
import arena.run.Profile;
import arena.run.RunId;
import arena.simulation.stores.Call;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.SimulatedStores;
import arena.simulation.stores.SteppingClock;
import arena.stream.VirtualThreadTaskRunner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Turns whose model's service asks to wait. */
class ModelWaitTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");
  private static final TurnTask FIRST = new TurnTask(RUN, 0, 1, 0, 3, Profile.DEFAULT, false);

  private final SteppingClock clock = new SteppingClock(START);
  private final SimulatedStores stores = new SimulatedStores(clock);
  private final Journal journal = stores.journal;
  private final Broker broker = stores.broker;
  private final Deque<RuntimeException> failures = new ArrayDeque<>();
  private int calls;

  private final PlayTurn playTurn = stores.playTurn(this::answer, new VirtualThreadTaskRunner());

  @BeforeEach
  void begin() {
    RunFixtures.begin(journal, RUN, 3, START);
    broker.open(RUN, "label", START);
  }

  private Decision answer() {
    calls++;
    if (!failures.isEmpty()) {
      throw failures.remove();
    }
    return new Decision(List.of(), "", 0);
  }

  private void asksToWait(int seconds) {
    failures.add(new ModelThrottled("slow down", null, Duration.ofSeconds(seconds)));
  }

  @Test
  void returnsTheSameTurnWithTheWait() {
    asksToWait(120);
    TurnTask waiting = playTurn.play(FIRST);
    assertEquals(
        Optional.of(new TurnTask.ModelWait(120, "ModelThrottled", "slow down")),
        waiting.modelWait());
    assertEquals(1, waiting.waits());
    assertEquals(FIRST.t(), waiting.t());
    assertEquals(FIRST.seq(), waiting.seq());
    assertEquals(FIRST.position(), waiting.position());
    assertEquals(FIRST.turnsLeft(), waiting.turnsLeft());
    assertEquals(waiting, TurnTaskCodec.read(TurnTaskCodec.write(waiting)));
    assertEquals(3, journal.events(RUN, 1, 100).size(), "what the turn showed stays");
    assertEquals(3, broker.buffer(RUN).lastSeq());
  }

  @Test
  void continuesTheTurnAfterTheWait() {
    failures.add(new ModelOverloaded("busy", null, Duration.ofMillis(90_500)));
    TurnTask waiting = playTurn.play(FIRST);
    assertEquals(91, waiting.modelWait().orElseThrow().seconds(), "rounded up");
    clock.advance(Duration.ofSeconds(91));
    TurnTask next = playTurn.play(waiting);
    assertEquals(1, next.t());
    assertEquals(Optional.empty(), next.modelWait());
    assertEquals(1, next.waits(), "the run's count");
    assertEquals(2, calls);
    assertEquals(4, journal.events(RUN, 1, 100).size());
  }

  @Test
  void doesNotCallTheModelBeforeTheTimeIsOver() {
    asksToWait(120);
    playTurn.play(FIRST);
    clock.advance(Duration.ofSeconds(60));
    TurnTask again = playTurn.play(FIRST);
    assertEquals(1, calls);
    int rest = again.modelWait().orElseThrow().seconds();
    assertTrue(rest > 50 && rest <= 60, again::toString);
    clock.advance(Duration.ofSeconds(60));
    assertEquals(1, playTurn.play(FIRST).t());
    assertEquals(2, calls);
  }

  @Test
  void waitsAlsoIfTheEndOfTheWaitCannotBeRecorded() {
    stores.network.cut(Call.JOURNAL_POSTPONE_MODEL);
    asksToWait(120);
    assertEquals(120, playTurn.play(FIRST).modelWait().orElseThrow().seconds());
  }

  @Test
  void failsARunThatWouldWaitLongerThanItCan() {
    asksToWait(300);
    playTurn.play(FIRST);
    clock.advance(Duration.ofSeconds(301));
    asksToWait(300);
    ModelRefused refused = assertThrows(ModelRefused.class, () -> playTurn.play(FIRST));
    assertTrue(refused.getMessage().contains("slow down; the service asks to wait 300 s"));
  }

  @Test
  void leavesTheTurnToTheRetriesWhenTheRunHasWaitedTooOften() {
    TurnTask last =
        new TurnTask(
            RUN, 0, 1, 0, 3, Profile.DEFAULT, false, ModelWaits.MAX_WAITS, Optional.empty(), false);
    asksToWait(120);
    assertThrows(ModelThrottled.class, () -> playTurn.play(last));
    assertThrows(ModelThrottled.class, () -> playTurn.play(last));
    assertEquals(1, calls, "not called before the time is over");
    clock.advance(Duration.ofSeconds(121));
    assertEquals(1, playTurn.play(last).t());
  }

  @Test
  void throwsAFailureWithoutAWait() {
    failures.add(new ModelThrottled("slow down", null));
    assertThrows(ModelThrottled.class, () -> playTurn.play(FIRST));
  }
}
