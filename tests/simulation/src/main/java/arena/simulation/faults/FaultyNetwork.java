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

/** The network with injected faults. Every call is a step during which other processes run. */
public final class FaultyNetwork implements Network {
  private static final long MILLI = 1_000;
  private static final long SECOND = 1_000_000;

  private final Scheduler scheduler;
  private final FaultInjector faults;
  private final Random random;
  private final Trace trace;
  private long steps;
  private long brokerReachableAt;
  private long brokerWritableAt;
  private SimulatedProcess actor;
  private Consumer<String> beforeCreating = _ -> {};
  private Consumer<String> beforeFailing = _ -> {};

  public FaultyNetwork(Scheduler scheduler, FaultInjector faults, Random random, Trace trace) {
    this.scheduler = scheduler;
    this.faults = faults;
    this.random = random;
    this.trace = trace;
  }

  /** Whether there was no fault yet, and the last outage is over. */
  public boolean calm() {
    return faults.calm();
  }

  /** Number of calls. */
  public long steps() {
    return steps;
  }

  /** The process that makes the current change of a store. */
  public SimulatedProcess actor() {
    return actor;
  }

  /** Sets an action that runs before each call that creates a run. */
  public void beforeCreating(Consumer<String> action) {
    beforeCreating = action;
  }

  /** Sets an action that runs before each call that fails a run. */
  public void beforeFailing(Consumer<String> action) {
    beforeFailing = action;
  }

  /** Makes the broker unreachable for this long, in microseconds. */
  public void disconnectBroker(long micros) {
    brokerReachableAt = Math.max(brokerReachableAt, scheduler.now() + micros);
  }

  /** Makes the broker refuse changes for this long, in microseconds. */
  public void makeBrokerReadOnly(long micros) {
    brokerWritableAt = Math.max(brokerWritableAt, scheduler.now() + micros);
  }

  @Override
  public <T> T call(
      Call call, String about, Supplier<T> effect, Function<String, RuntimeException> unavailable) {
    steps++;
    SimulatedProcess process = scheduler.current();
    if (faults.occurs(Event.FUNCTION_PAUSED, 0.2)) {
      scheduler.sleep(random.nextLong(60 * SECOND));
    }
    if (call == Call.JOURNAL_BEGIN) {
      beforeCreating.accept(about);
    }
    if (call == Call.CATALOG_ABANDON || call == Call.CATALOG_FAIL) {
      beforeFailing.accept(about);
    }
    scheduler.sleep(latency(call));
    if (isBrokerCall(call) && scheduler.now() < brokerReachableAt) {
      trace.call(process, call, about, "unreachable");
      scheduler.sleep(timeout(call));
      throw unavailable.apply("unreachable");
    }
    if (isBrokerCall(call) && call.changes() && scheduler.now() < brokerWritableAt) {
      trace.call(process, call, about, "refused");
      throw unavailable.apply("read only");
    }
    CallFault fault = faults.faultOf(call);
    trace.call(process, call, about, fault == null ? "" : fault.label());
    if (fault == null) {
      return run(process, effect);
    }
    switch (fault) {
      case DIES_BEFORE -> throw process.sandbox().die("died before " + call.label());
      case DIES_AFTER -> {
        runAndIgnore(process, effect);
        throw process.sandbox().die("died after " + call.label());
      }
      case LOST -> scheduler.sleep(timeout(call));
      case RESPONSE_LOST -> {
        runAndIgnore(process, effect);
        scheduler.sleep(timeout(call));
      }
      case LATE -> {
        long wait = timeout(call);
        scheduler.at(
            scheduler.now() + wait + random.nextInt(1, 20_000) * MILLI,
            () -> {
              trace.call(process, call, about, "done late");
              runAndIgnore(process, effect);
            });
        scheduler.sleep(wait);
      }
      case TWICE -> {
        runAndIgnore(process, effect);
        scheduler.sleep(timeout(call) / 2);
        return run(process, effect);
      }
      case THROTTLED -> {
        // fails at once
      }
      case SLOW -> {
        scheduler.sleep(random.nextLong(timeout(call)));
        return run(process, effect);
      }
    }
    throw unavailable.apply(fault.label());
  }

  private <T> T run(SimulatedProcess process, Supplier<T> effect) {
    actor = process;
    return effect.get();
  }

  private static boolean isBrokerCall(Call call) {
    return call.label().startsWith("broker.") || call.label().startsWith("subscribers.");
  }

  /** Runs the effect and ignores its result, including exceptions. */
  private void runAndIgnore(SimulatedProcess process, Supplier<?> effect) {
    try {
      run(process, effect);
    } catch (RuntimeException _) {
      // the caller does not receive the response
    }
  }

  private long latency(Call call) {
    return switch (call) {
      // longer than it takes to serve readers after an outage
      case MODEL_DECIDE -> random.nextLong(50 * MILLI, (faults.outagesOnly() ? 55 : 8) * SECOND);
      case ARCHIVE_WRITE, ARCHIVE_SUMMARY -> random.nextLong(20 * MILLI, 400 * MILLI);
      default -> random.nextLong(MILLI / 2, 12 * MILLI);
    };
  }

  /** The caller's time-out. */
  private static long timeout(Call call) {
    return switch (call) {
      case MODEL_DECIDE -> 60 * SECOND;
      case ARCHIVE_WRITE, ARCHIVE_SUMMARY, ARCHIVE_EVENTS -> 20 * SECOND;
      default -> isBrokerCall(call) ? 4 * SECOND : 3 * SECOND;
    };
  }

  @Override
  public long lagMillis() {
    return faults.ended() ? 5 : random.nextInt(10) == 0 ? random.nextInt(3_000) : 5;
  }
}
