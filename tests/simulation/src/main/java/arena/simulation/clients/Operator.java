package arena.simulation.clients;

import arena.run.RunId;
import arena.simulation.Trace;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.invariants.Invariants;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.stores.SimulatedRedis;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** Failures of the Redis server, and an operator who deletes keys by hand. */
public final class Operator implements Runnable {
  private static final long SECOND = 1_000_000;

  /** Time after an outage in which readers are served. */
  private static final long RECOVERY_TIME = 30 * SECOND;

  private final Scheduler scheduler;
  private final FaultInjector faults;
  private final Random random;
  private final Trace trace;
  private final FaultyNetwork network;
  private final SimulatedRedis redis;
  private final Invariants invariants;
  private final LongConsumer advanceClock;
  private final Supplier<List<RunId>> runs;

  /**
   * Creates an operator of {@code redis}.
   *
   * @param advanceClock advances the server's clock by microseconds
   * @param runs ids of the known runs
   */
  public Operator(
      Scheduler scheduler,
      FaultInjector faults,
      Random random,
      Trace trace,
      FaultyNetwork network,
      SimulatedRedis redis,
      Invariants invariants,
      LongConsumer advanceClock,
      Supplier<List<RunId>> runs) {
    this.scheduler = scheduler;
    this.faults = faults;
    this.random = random;
    this.trace = trace;
    this.network = network;
    this.redis = redis;
    this.invariants = invariants;
    this.advanceClock = advanceClock;
    this.runs = runs;
  }

  @Override
  public void run() {
    if (faults.outagesOnly()) {
      causeOutages();
      return;
    }
    while (!faults.ended()) {
      scheduler.sleep(random.nextLong(40 * SECOND));
      if (faults.occurs(Event.BROKER_FLUSHED, 3)) {
        trace.note("redis", "restarted empty");
        redis.flush();
      }
      if (faults.occurs(Event.BROKER_FAILED_OVER, 3)) {
        failOver();
      }
      if (faults.occurs(Event.BROKER_RESTORED, 2)) {
        long age = Math.min(random.nextLong(20 * 60 * SECOND), faults.endAt() - scheduler.now());
        scheduler.start("restore", () -> restore(age));
      }
      if (faults.occurs(Event.BROKER_UNREACHABLE, 2)) {
        long time = outage();
        trace.note("redis", String.format(Locale.ROOT, "unreachable for %d ms", time / 1_000));
        network.disconnectBroker(time);
      }
      if (faults.occurs(Event.BROKER_READ_ONLY, 2)) {
        long time = outage();
        trace.note("redis", String.format(Locale.ROOT, "read only for %d ms", time / 1_000));
        network.makeBrokerReadOnly(time);
      }
      if (faults.occurs(Event.BROKER_CLOCK_JUMPS, 2)) {
        boolean far = random.nextInt(4) == 0;
        long by = far ? 25_200 * SECOND : random.nextLong(60 * SECOND);
        trace.note("redis", String.format(Locale.ROOT, "clock jumps by %d s", by / SECOND));
        advanceClock.accept(by);
      }
      List<RunId> known = runs.get();
      if (!known.isEmpty() && faults.occurs(Event.BROKER_KEYS_DELETED, 2)) {
        RunId runId = known.get(random.nextInt(known.size()));
        trace.note("operator", "deletes keys of run " + runId);
        redis.delete(runId);
      }
      if (!known.isEmpty() && faults.occurs(Event.BROKER_SEQ_CHANGED, 2)) {
        RunId runId = known.get(random.nextInt(known.size()));
        long seq = random.nextLong(2 * redis.lastSeq(runId) + 2);
        trace.note("operator", String.format(Locale.ROOT, "sets seq of %s to %d", runId, seq));
        redis.setSeq(runId, seq);
      }
      if (!known.isEmpty() && faults.occurs(Event.BROKER_STREAM_TRIMMED, 2)) {
        RunId runId = known.get(random.nextInt(known.size()));
        trace.note("operator", "trims stream of run " + runId);
        redis.trim(runId, random.nextInt(5));
      }
    }
  }

  /**
   * Takes the broker away for a while, repeatedly; it comes back with its data, older data, or
   * none.
   */
  private void causeOutages() {
    while (!faults.ended()) {
      Runnable restoreRedis = redis.checkpoint();
      scheduler.sleep(random.nextLong(90 * SECOND));
      long time = random.nextLong(random.nextBoolean() ? 10 * SECOND : 240 * SECOND);
      trace.note("redis", String.format(Locale.ROOT, "away for %d ms", time / 1_000));
      faults.outage(scheduler.now() + time + RECOVERY_TIME);
      if (random.nextBoolean()) {
        network.disconnectBroker(time);
      } else {
        network.makeBrokerReadOnly(time);
      }
      scheduler.sleep(time);
      switch (random.nextInt(3)) {
        case 0 -> redis.flush();
        case 1 -> {
          restoreRedis.run();
          invariants.leaks().failedOver();
        }
        default -> {
          // it has its data
        }
      }
      trace.note("redis", "back");
      Runnable requireServed = invariants.readers().whenBrokerIsBack();
      scheduler.sleep(RECOVERY_TIME);
      requireServed.run();
    }
  }

  /** Length of an outage: often short, sometimes until the last fault. */
  private long outage() {
    return random.nextInt(4) > 0
        ? random.nextLong(30 * SECOND)
        : random.nextLong(Math.max(SECOND, faults.endAt() - scheduler.now()));
  }

  private void failOver() {
    restore(random.nextLong(2 * SECOND));
  }

  /** Replaces the data by that of some time ago. */
  private void restore(long age) {
    Runnable restoreRedis = redis.checkpoint();
    scheduler.sleep(age);
    trace.note("redis", String.format(Locale.ROOT, "replaced by data of %d s ago", age / SECOND));
    restoreRedis.run();
    invariants.leaks().failedOver();
    network.disconnectBroker(random.nextLong(5 * SECOND));
  }
}
