package arena.stream;

import arena.broker.Subscribers;
import arena.error.DependencyUnavailable;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until the broker is available again, and then wakes the fan-out of every run with
 * subscriptions. Readers therefore do not depend on a later publish, which may be minutes away, or
 * never follow if the run has ended.
 *
 * <p>One recovery waits at a time, for all runs, under a lease in {@link Connections}. Others that
 * are invoked meanwhile return at once.
 */
public final class BrokerRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerRecovery.class);

  private static final Duration INTERVAL = Duration.ofSeconds(2);

  /** Duration of the lease without an extension. */
  private static final Duration LEASE = Duration.ofSeconds(15);

  /** Maximum number of times that the fan-outs of pending subscriptions are woken. */
  private static final int MAX_ROUNDS = 10;

  private static final int MAX_CONCURRENT_WAKES = 16;

  private final Connections connections;
  private final Subscribers subscribers;
  private final FanOutInvoker fanOutInvoker;
  private final InstantSource clock;
  private final TaskRunner tasks;

  public BrokerRecovery(
      Connections connections,
      Subscribers subscribers,
      FanOutInvoker fanOutInvoker,
      InstantSource clock,
      TaskRunner tasks) {
    this.connections = connections;
    this.subscribers = subscribers;
    this.fanOutInvoker = fanOutInvoker;
    this.clock = clock;
    this.tasks = tasks;
  }

  /**
   * Waits for the broker until the deadline, when it invokes its successor if there are still
   * subscriptions. Returns early if another recovery waits.
   *
   * @throws DependencyUnavailable if the connections cannot be read; the caller must try again
   */
  public void recover(Instant deadline) {
    Optional<Instant> lease = Optional.empty();
    Set<RunId> unwoken = Set.of();
    boolean afterOutage = true;
    int rounds = 0;
    while (true) {
      Instant until = clock.instant().plus(LEASE);
      if (!connections.holdRecovery(lease, until)) {
        return;
      }
      lease = Optional.of(until);
      if (subscribers.available()) {
        // Released before the read: a subscription that is stored after it takes the lease itself.
        connections.releaseRecovery(until);
        lease = Optional.empty();
        Set<RunId> runs = afterOutage ? connections.subscribedRuns() : connections.pendingRuns();
        runs.addAll(unwoken);
        if (runs.isEmpty() || rounds == MAX_ROUNDS) {
          return;
        }
        rounds++;
        unwoken = wake(runs, deadline);
        // The next round finds what was not adopted, such as after another short outage.
        afterOutage = false;
      } else {
        afterOutage = true;
        rounds = 0;
      }
      if (!clock.instant().isBefore(deadline)) {
        lease.ifPresent(connections::releaseRecovery);
        if (!connections.subscribedRuns().isEmpty()) {
          fanOutInvoker.recover();
        }
        return;
      }
      try {
        tasks.pause(INTERVAL);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Wakes the fan-outs of runs; returns those that could not be woken. */
  private Set<RunId> wake(Set<RunId> runs, Instant deadline) {
    Set<RunId> unwoken = ConcurrentHashMap.newKeySet();
    unwoken.addAll(runs);
    ParallelWork.forEach(
        tasks,
        MAX_CONCURRENT_WAKES,
        List.copyOf(runs),
        () -> clock.instant().isBefore(deadline),
        runId -> {
          try {
            fanOutInvoker.wakeForPending(runId);
            unwoken.remove(runId);
          } catch (DependencyUnavailable e) {
            LOG.atWarn().addKeyValue("run_id", runId).setCause(e).log("fan-out wake-up failed");
          }
        });
    LOG.atInfo()
        .addKeyValue("runs", runs.size() - unwoken.size())
        .log("broker is available; fan-outs woken");
    return new HashSet<>(unwoken);
  }
}
