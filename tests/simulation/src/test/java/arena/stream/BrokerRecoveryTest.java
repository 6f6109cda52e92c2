package arena.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Principal;
import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.error.Dependency;
import arena.run.RunId;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.scheduler.SimulatedTaskRunner;
import arena.simulation.stores.Call;
import arena.simulation.stores.Observer;
import arena.simulation.stores.ScriptedNetwork;
import arena.simulation.stores.SimulatedConnections;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedSubscribers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What happens to subscriptions when the broker is available again. */
class BrokerRecoveryTest {
  private static final long SECOND = 1_000_000;
  private static final ConnectionId A = ConnectionId.of("a");
  private static final ConnectionId B = ConnectionId.of("b");
  private static final RunId PENDING = RunId.of("0123456789abcdef0123456789abcdef");
  private static final RunId ORDINARY = RunId.of("fedcba9876543210fedcba9876543210");

  private final Scheduler scheduler = new Scheduler();
  private final InstantSource clock = () -> scheduler.instant(0);
  private final ScriptedNetwork network = new ScriptedNetwork();
  private final SimulatedConnections connections = new SimulatedConnections(clock, network);
  private final Subscribers subscribers =
      new SimulatedSubscribers(
          new SimulatedRedis(clock, network, Observer.NONE, Broker.BUFFER_EVENTS));
  private final List<RunId> woken = new ArrayList<>();
  private final List<Long> wokenAt = new ArrayList<>();
  private int successors;
  private int failingWakes;
  private boolean adopts = true;

  private final FanOutInvoker fanOutInvoker =
      new FanOutInvoker() {
        @Override
        public void wake(RunId runId) {
          throw new AssertionError("wakes for pending subscriptions");
        }

        @Override
        public void wakeForPending(RunId runId) {
          if (--failingWakes >= 0) {
            throw Dependency.FAN_OUT.unavailable("throttled", null);
          }
          woken.add(runId);
          wokenAt.add(scheduler.now() / SECOND);
          if (adopts) {
            connections.adopt(runId, A);
          }
        }

        @Override
        public void recover() {
          successors++;
        }
      };

  private void recover(long seconds) {
    new BrokerRecovery(
            connections, subscribers, fanOutInvoker, clock, new SimulatedTaskRunner(scheduler))
        .recover(clock.instant().plusSeconds(seconds));
  }

  private void subscribe() {
    connections.connect(A, Principal.LOCAL, clock.instant());
    connections.connect(B, Principal.LOCAL, clock.instant());
    connections.subscribePending(PENDING, A, 1);
    connections.subscribe(ORDINARY, B);
  }

  private void breakBroker(int seconds) {
    network.cut(Call.SUBSCRIBERS_AVAILABLE);
    scheduler.at(
        scheduler.now() + seconds * SECOND, () -> network.restore(Call.SUBSCRIBERS_AVAILABLE));
  }

  private void run(Runnable test) throws Throwable {
    scheduler.start("test", test);
    scheduler.run();
  }

  @Test
  void wakesEveryRunWithSubscriptionsSoonAfterAnOutage() throws Throwable {
    run(
        () -> {
          subscribe();
          breakBroker(40);
          recover(90);
        });
    assertEquals(2, woken.size(), woken.toString());
    assertTrue(woken.containsAll(List.of(PENDING, ORDINARY)));
    assertTrue(wokenAt.stream().allMatch(at -> at >= 40 && at <= 43), wokenAt.toString());
    assertEquals(0, successors);
  }

  @Test
  void wakesAgainUntilPendingSubscriptionsAreAdopted() throws Throwable {
    run(
        () -> {
          subscribe();
          adopts = false;
          scheduler.at(5 * SECOND, () -> adopts = true);
          recover(90);
        });
    assertEquals(1, woken.stream().filter(ORDINARY::equals).count());
    assertEquals(4, woken.stream().filter(PENDING::equals).count(), wokenAt.toString());
    assertEquals(OptionalLong.empty(), connections.adopt(PENDING, A));
  }

  @Test
  void leavesPendingSubscriptionsThatAreNeverAdoptedToTheReaper() throws Throwable {
    run(
        () -> {
          subscribe();
          adopts = false;
          recover(90);
        });
    assertEquals(10, woken.stream().filter(PENDING::equals).count());
    assertEquals(0, successors);
  }

  @Test
  void repeatsWakeUpsThatFailed() throws Throwable {
    run(
        () -> {
          subscribe();
          failingWakes = 2;
          recover(90);
        });
    assertEquals(2, woken.size(), woken.toString());
    assertTrue(woken.containsAll(List.of(PENDING, ORDINARY)));
  }

  @Test
  void wakesAllRunsAgainAfterAnotherOutage() throws Throwable {
    run(
        () -> {
          subscribe();
          adopts = false;
          scheduler.at(3 * SECOND, () -> breakBroker(10));
          scheduler.at(14 * SECOND, () -> adopts = true);
          recover(90);
        });
    assertEquals(2, woken.stream().filter(ORDINARY::equals).count(), wokenAt.toString());
  }

  @Test
  void leavesTheWaitToAnotherRecovery() throws Throwable {
    run(
        () -> {
          subscribe();
          breakBroker(40);
          scheduler.start("first", () -> recover(90));
          scheduler.sleep(10 * SECOND);
          recover(90);
          assertEquals(10 * SECOND, scheduler.now(), "returns at once");
        });
    assertEquals(2, woken.size());
  }

  @Test
  void wakesSubscriptionThatIsStoredWhileItReadsThem() throws Throwable {
    run(
        () -> {
          connections.connect(A, Principal.LOCAL, clock.instant());
          network.after(
              Call.CONNECTIONS_SUBSCRIBED_RUNS,
              ScriptedNetwork.once(
                  _ -> {
                    connections.subscribePending(PENDING, A, 1);
                    scheduler.start("second", () -> recover(90));
                  }));
          recover(90);
        });
    assertEquals(List.of(PENDING), woken);
  }

  @Test
  void handsOverAtItsDeadline() throws Throwable {
    run(
        () -> {
          subscribe();
          breakBroker(3_600);
          recover(90);
          assertTrue(scheduler.now() <= 92 * SECOND, () -> "at " + scheduler.now());
          assertEquals(1, successors);
          assertTrue(
              connections.holdRecovery(
                  Optional.empty(), clock.instant().plus(Duration.ofSeconds(15))),
              "the lease is free for the successor");
        });
    assertEquals(List.of(), woken);
  }

  @Test
  void endsWithTheLastSubscription() throws Throwable {
    run(
        () -> {
          breakBroker(3_600);
          recover(90);
        });
    assertEquals(0, successors);
  }
}
