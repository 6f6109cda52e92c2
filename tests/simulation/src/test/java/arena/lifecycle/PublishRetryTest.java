package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.agent.Decision;
import arena.broker.Broker;
import arena.run.Profile;
import arena.run.RunId;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.scheduler.SimulatedTaskRunner;
import arena.simulation.stores.Call;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.SimulatedStores;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A slow turn during an outage of the broker. */
class PublishRetryTest {
  private static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");
  private static final long SECOND = 1_000_000;

  private final Scheduler scheduler = new Scheduler();
  private final InstantSource clock = () -> scheduler.instant(0);
  private final SimulatedStores stores = new SimulatedStores(clock);
  private final Broker broker = stores.broker;
  private final List<Long> lastSeqs = new ArrayList<>();
  private TurnTask next;
  private long end;
  private int lossAt = -1;

  /** Plays a turn whose model takes a minute; the broker is back after {@code outage} seconds. */
  private void play(int outage) throws Throwable {
    scheduler.start(
        "test",
        () -> {
          RunFixtures.begin(stores.journal, RUN, 3, clock.instant());
          broker.open(RUN, "label", clock.instant());
          stores.network.cut(Call.BROKER_PUBLISH);
          scheduler.at(outage * SECOND, () -> stores.network.restore(Call.BROKER_PUBLISH));
          PlayTurn playTurn = stores.playTurn(this::think, new SimulatedTaskRunner(scheduler));
          next = playTurn.play(new TurnTask(RUN, 0, 1, 0, 3, Profile.DEFAULT, false));
          end = scheduler.now();
        });
    scheduler.run();
  }

  private Decision think() {
    for (int second = 0; second < 60; second++) {
      if (second == lossAt) {
        broker.drop(RUN);
      }
      lastSeqs.add(broker.buffer(RUN).lastSeq());
      scheduler.sleep(SECOND);
    }
    return new Decision(List.of(), "none", 0);
  }

  @Test
  void publishesWhileTheModelThinksWhenTheBrokerIsBack() throws Throwable {
    play(20);
    assertEquals(0, lastSeqs.get(19));
    assertEquals(3, lastSeqs.get(26), "within some seconds: " + lastSeqs);
    assertFalse(next.behind());
    assertEquals(4, broker.buffer(RUN).lastSeq());
  }

  @Test
  void refillsABrokerThatLosesItsDataWhileTheModelThinks() throws Throwable {
    lossAt = 20;
    play(0);
    assertEquals(3, lastSeqs.get(19));
    assertEquals(0, lastSeqs.get(20));
    assertEquals(3, lastSeqs.get(26), "within some seconds: " + lastSeqs);
    assertFalse(next.behind());
  }

  @Test
  void endsTheTurnAtOnceWhenTheModelAnswersDuringAnOutage() throws Throwable {
    play(3_600);
    assertTrue(next.behind());
    assertEquals(0, broker.buffer(RUN).lastSeq());
    assertTrue(end < 61 * SECOND, () -> "ended after " + end);
  }
}
