package arena.simulation.clients;

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

/** What befalls the broker's server, and what people do to it by hand. */
public final class Operator implements Runnable {
  private static final long SECOND = 1_000_000;

  private final Scheduler scheduler;
  private final FaultInjector weather;
  private final Random random;
  private final Trace trace;
  private final FaultyNetwork wire;
  private final SimulatedRedis redis;
  private final Invariants promises;
  private final LongConsumer jump;
  private final Supplier<List<String>> runs;

  /**
   * Works on this server.
   *
   * @param jump moves its clock on, by so many microseconds
   * @param runs ids of the runs there are
   */
  public Operator(
      Scheduler scheduler,
      FaultInjector weather,
      Random random,
      Trace trace,
      FaultyNetwork wire,
      SimulatedRedis redis,
      Invariants promises,
      LongConsumer jump,
      Supplier<List<String>> runs) {
    this.scheduler = scheduler;
    this.weather = weather;
    this.random = random;
    this.trace = trace;
    this.wire = wire;
    this.redis = redis;
    this.promises = promises;
    this.jump = jump;
    this.runs = runs;
  }

  @Override
  public void run() {
    while (!weather.isCalm()) {
      scheduler.sleep(random.nextLong(40 * SECOND));
      if (weather.has(Event.BROKER_FLUSHED, 3)) {
        trace.note("redis", "is started empty");
        redis.flush();
        promises.counts().lost();
      }
      if (weather.has(Event.BROKER_FAILED_OVER, 3)) {
        failOver();
      }
      if (weather.has(Event.BROKER_UNREACHABLE, 2)) {
        long time = random.nextLong(30 * SECOND);
        trace.note("redis", String.format(Locale.ROOT, "is unreachable for %d ms", time / 1_000));
        wire.cutBroker(time);
      }
      if (weather.has(Event.BROKER_CLOCK_JUMPS, 2)) {
        boolean far = random.nextInt(4) == 0;
        long by = far ? 25_200 * SECOND : random.nextLong(60 * SECOND);
        trace.note("redis", String.format(Locale.ROOT, "its clock jumps by %d s", by / SECOND));
        jump.accept(by);
      }
      List<String> known = runs.get();
      if (!known.isEmpty() && weather.has(Event.BROKER_KEYS_DELETED, 2)) {
        String runId = known.get(random.nextInt(known.size()));
        trace.note("operator", "deletes the keys of run " + runId);
        redis.delete(runId);
      }
    }
  }

  private void failOver() {
    Runnable back = redis.checkpoint();
    Runnable countsBack = promises.counts().checkpoint();
    scheduler.sleep(random.nextLong(2 * SECOND));
    trace.note("redis", "fails over");
    back.run();
    countsBack.run();
    promises.remains().failedOver();
    wire.cutBroker(random.nextLong(5 * SECOND));
  }
}
