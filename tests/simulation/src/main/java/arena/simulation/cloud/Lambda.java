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

/** Invokes functions: each invocation is a process with a life of its own. */
public final class Lambda {
  private static final long SECOND = 1_000_000;
  private static final long MAX_SKEW = 90 * SECOND;

  private final Scheduler scheduler;
  private final FaultInjector weather;
  private final Random random;
  private final Trace trace;
  private final Consumer<RuntimeException> surprises;
  private int invocations;

  /**
   * Invokes in this weather.
   *
   * @param surprises gets every exception that leaves a function
   */
  public Lambda(
      Scheduler scheduler,
      FaultInjector weather,
      Random random,
      Trace trace,
      Consumer<RuntimeException> surprises) {
    this.scheduler = scheduler;
    this.weather = weather;
    this.random = random;
    this.trace = trace;
    this.surprises = surprises;
  }

  /** An invocation that was begun. */
  public static final class Pending {
    private Outcome outcome;
    private SimulatedProcess waiting;

    private void set(Outcome outcome, Scheduler scheduler) {
      this.outcome = outcome;
      if (waiting != null) {
        scheduler.wake(waiting);
      }
    }
  }

  /** Invokes a function and waits for what it answers, for this long at most, in microseconds. */
  public Outcome invoke(Function function, Supplier<?> body, long atMost) {
    Pending pending = start(function, body);
    long until = scheduler.now() + atMost;
    pending.waiting = scheduler.current();
    while (pending.outcome == null && scheduler.now() < until) {
      scheduler.pause(until - scheduler.now());
    }
    return pending.outcome == null
        ? new Outcome.Failure("States.Timeout", "no answer in time")
        : pending.outcome;
  }

  /** Begins an invocation. */
  Pending start(Function function, Supplier<?> body) {
    Pending pending = new Pending();
    String name = function.label() + "#" + ++invocations;
    Sandbox life = scheduler.life(name, function.timeout());
    if (weather.has(Event.CLOCK_SKEWED, 2)) {
      life.setSkew(random.nextLong(-MAX_SKEW, MAX_SKEW));
      trace.note(
          name, String.format(Locale.ROOT, "its clock is off by %d ms", life.skew() / 1_000));
    }
    scheduler.start(
        name,
        life,
        () -> {
          try {
            pending.set(new Outcome.Answer(body.get()), scheduler);
          } catch (ProcessDied e) {
            trace.note(name, String.valueOf(life.deadOf()));
            boolean late = "timed out".equals(life.deadOf());
            pending.set(
                new Outcome.Failure(late ? "Sandbox.Timedout" : "Lambda.Unknown", e.getMessage()),
                scheduler);
            throw e;
          } catch (RuntimeException e) {
            trace.note(name, "fails: " + e);
            surprises.accept(e);
            pending.set(
                new Outcome.Failure(e.getClass().getName(), String.valueOf(e.getMessage())),
                scheduler);
          }
        });
    return pending;
  }

  /** Has a function invoked in the background, again if it fails. */
  public void event(Function function, Supplier<?> body) {
    deliver(function, body);
    if (weather.has(Event.EVENT_TWICE, 1)) {
      deliver(function, body);
    }
  }

  private void deliver(Function function, Supplier<?> body) {
    if (weather.has(Event.EVENT_DROPPED, 0.5)) {
      trace.note(function.label(), "an event is given up");
      return;
    }
    boolean late = weather.has(Event.EVENT_LATE, 1);
    long delay = late ? random.nextLong(900 * SECOND) : random.nextLong(5_000, 80_000);
    scheduler.at(scheduler.now() + delay, () -> attempts(function, body));
  }

  private void attempts(Function function, Supplier<?> body) {
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
          trace.note(function.label(), "an event is given up after its attempts");
        });
  }
}
