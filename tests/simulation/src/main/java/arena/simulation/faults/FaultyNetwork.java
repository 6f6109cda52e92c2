package arena.simulation.faults;

import arena.simulation.Trace;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.scheduler.SimulatedProcess;
import arena.simulation.stores.Call;
import arena.simulation.stores.Network;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** The wire on which things go wrong. Every call is a step: others go on while it is under way. */
public final class FaultyNetwork implements Network {
  private static final long MILLI = 1_000;
  private static final long SECOND = 1_000_000;

  private final Scheduler scheduler;
  private final FaultInjector weather;
  private final Random random;
  private final Trace trace;
  private long steps;
  private long brokerBackAt;
  private SimulatedProcess actor;
  private Consumer<String> beforeFailing = _ -> {};

  /** A wire in this weather. */
  public FaultyNetwork(Scheduler scheduler, FaultInjector weather, Random random, Trace trace) {
    this.scheduler = scheduler;
    this.weather = weather;
    this.random = random;
    this.trace = trace;
  }

  /** Calls that were made. */
  public long steps() {
    return steps;
  }

  /** On whose behalf a store is changed at this moment. */
  public SimulatedProcess actor() {
    return actor;
  }

  /** Has this done whenever somebody is about to fail a run. */
  public void beforeFailing(Consumer<String> action) {
    beforeFailing = action;
  }

  /** The broker answers nothing for this long, in microseconds. */
  public void cutBroker(long micros) {
    brokerBackAt = Math.max(brokerBackAt, scheduler.now() + micros);
  }

  @Override
  public <T> T call(
      Call call, String about, Supplier<T> effect, Function<String, RuntimeException> unavailable) {
    steps++;
    SimulatedProcess me = scheduler.current();
    if (weather.has(Event.FUNCTION_STANDS_STILL, 0.2)) {
      scheduler.sleep(random.nextLong(60 * SECOND));
    }
    if (call == Call.CATALOG_ABANDON || call == Call.CATALOG_FAIL) {
      beforeFailing.accept(about);
    }
    scheduler.sleep(latency(call));
    if (ofBroker(call) && scheduler.now() < brokerBackAt) {
      trace.call(me, call, about, "unreachable");
      scheduler.sleep(patience(call));
      throw unavailable.apply("unreachable");
    }
    CallFault fault = weather.of(call);
    trace.call(me, call, about, fault == null ? "" : fault.label());
    if (fault == null) {
      return done(me, effect);
    }
    switch (fault) {
      case DIES_BEFORE -> throw me.life().die("died before " + call.label());
      case DIES_AFTER -> {
        quietly(me, effect);
        throw me.life().die("died after " + call.label());
      }
      case LOST -> scheduler.sleep(patience(call));
      case ANSWER_LOST -> {
        quietly(me, effect);
        scheduler.sleep(patience(call));
      }
      case LATE -> {
        long wait = patience(call);
        scheduler.at(
            scheduler.now() + wait + random.nextInt(1, 20_000) * MILLI,
            () -> {
              trace.call(me, call, about, "done only now");
              quietly(me, effect);
            });
        scheduler.sleep(wait);
      }
      case TWICE -> {
        quietly(me, effect);
        scheduler.sleep(patience(call) / 2);
        return done(me, effect);
      }
      case THROTTLED -> {
        // told at once
      }
      case SLOW -> {
        scheduler.sleep(random.nextLong(patience(call)));
        return done(me, effect);
      }
    }
    throw unavailable.apply(fault.label());
  }

  private <T> T done(SimulatedProcess me, Supplier<T> effect) {
    actor = me;
    return effect.get();
  }

  private static boolean ofBroker(Call call) {
    return call.label().startsWith("broker.") || call.label().startsWith("subscribers.");
  }

  /** Does it; what it throws is an answer like any other, and nobody hears it. */
  private void quietly(SimulatedProcess me, Supplier<?> effect) {
    try {
      done(me, effect);
    } catch (RuntimeException _) {
      // nobody is there to hear
    }
  }

  private long latency(Call call) {
    return switch (call) {
      case MODEL_DECIDE -> random.nextLong(50 * MILLI, 8 * SECOND);
      case ARCHIVE_WRITE, ARCHIVE_SUMMARY -> random.nextLong(20 * MILLI, 400 * MILLI);
      default -> random.nextLong(MILLI / 2, 12 * MILLI);
    };
  }

  /** How long a caller waits for an answer. */
  private static long patience(Call call) {
    return switch (call) {
      case MODEL_DECIDE -> 60 * SECOND;
      case ARCHIVE_WRITE, ARCHIVE_SUMMARY, ARCHIVE_EVENTS -> 20 * SECOND;
      default -> ofBroker(call) ? 4 * SECOND : 3 * SECOND;
    };
  }

  @Override
  public long lagMillis() {
    return weather.isCalm() ? 5 : random.nextInt(10) == 0 ? random.nextInt(3_000) : 5;
  }
}
