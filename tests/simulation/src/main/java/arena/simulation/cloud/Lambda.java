package arena.simulation.cloud;

import arena.simulation.Trace;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.scheduler.ProcessDied;
import arena.simulation.scheduler.Sandbox;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.scheduler.SimulatedProcess;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The Lambda service: runs each invocation as a process in its own sandbox. */
public final class Lambda {
  private static final long SECOND = 1_000_000;
  private static final long MAX_SKEW = 90 * SECOND;

  private final Scheduler scheduler;
  private final FaultInjector faults;
  private final Random random;
  private final Trace trace;
  private final Consumer<RuntimeException> exceptions;
  private int invocations;

  /**
   * Creates a service without invocations.
   *
   * @param exceptions receives every exception that a function throws
   */
  public Lambda(
      Scheduler scheduler,
      FaultInjector faults,
      Random random,
      Trace trace,
      Consumer<RuntimeException> exceptions) {
    this.scheduler = scheduler;
    this.faults = faults;
    this.random = random;
    this.trace = trace;
    this.exceptions = exceptions;
  }

  /** A started invocation. */
  public static final class Pending {
    private Outcome outcome;
    private SimulatedProcess waiter;

    private void set(Outcome outcome, Scheduler scheduler) {
      this.outcome = outcome;
      if (waiter != null) {
        scheduler.wake(waiter);
      }
    }
  }

  /** Invokes a function and waits at most {@code timeout} microseconds for its result. */
  public Outcome invoke(Function function, Supplier<?> body, long timeout) {
    Pending pending = start(function, body);
    long until = scheduler.now() + timeout;
    pending.waiter = scheduler.current();
    while (pending.outcome == null && scheduler.now() < until) {
      scheduler.pause(until - scheduler.now());
    }
    return pending.outcome == null
        ? new Outcome.Failure("States.Timeout", "no response in time")
        : pending.outcome;
  }

  /** Starts an invocation. */
  Pending start(Function function, Supplier<?> body) {
    Pending pending = new Pending();
    String name = function.label() + "#" + ++invocations;
    Sandbox sandbox = scheduler.newSandbox(name, function.timeout());
    if (faults.occurs(Event.CLOCK_SKEWED, 2)) {
      sandbox.setSkew(random.nextLong(-MAX_SKEW, MAX_SKEW));
      trace.note(name, String.format(Locale.ROOT, "clock skewed by %d ms", sandbox.skew() / 1_000));
    }
    scheduler.start(
        name,
        sandbox,
        () -> {
          try {
            pending.set(new Outcome.Answer(body.get()), scheduler);
          } catch (ProcessDied e) {
            trace.note(name, String.valueOf(sandbox.endReason()));
            boolean late = "timed out".equals(sandbox.endReason());
            pending.set(
                new Outcome.Failure(late ? "Sandbox.Timedout" : "Lambda.Unknown", e.getMessage()),
                scheduler);
            throw e;
          } catch (RuntimeException e) {
            trace.note(name, "failed: " + e);
            exceptions.accept(e);
            pending.set(
                new Outcome.Failure(e.getClass().getName(), String.valueOf(e.getMessage())),
                scheduler);
          }
        });
    return pending;
  }

  /** Invokes a function asynchronously, with retries. */
  public void invokeAsync(Function function, Supplier<?> body) {
    deliver(function, body);
    if (faults.occurs(Event.EVENT_TWICE, 1)) {
      deliver(function, body);
    }
  }

  private void deliver(Function function, Supplier<?> body) {
    if (faults.occurs(Event.EVENT_DROPPED, 0.5)) {
      trace.note(function.label(), "event dropped");
      return;
    }
    boolean late = faults.occurs(Event.EVENT_LATE, 1);
    long delay = late ? random.nextLong(900 * SECOND) : random.nextLong(5_000, 80_000);
    scheduler.at(scheduler.now() + delay, () -> attemptWithRetries(function, body));
  }

  private void attemptWithRetries(Function function, Supplier<?> body) {
    scheduler.start(
        "event",
        () -> {
          for (int attempt = 0; attempt <= function.retries(); attempt++) {
            if (attempt > 0) {
              scheduler.sleep(attempt * 60L * SECOND);
            }
            if (invoke(function, body, function.timeout()) instanceof Outcome.Answer) {
              return;
            }
          }
          trace.note(function.label(), "event dropped after its last attempt");
        });
  }
}
