package arena.simulation.scheduler;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A deterministic scheduler that runs one process at a time.
 *
 * <p>A process that waits yields to the process that is due next, and the simulated time advances
 * to that moment. The order depends on nothing else, so the seed determines every step.
 */
public final class Scheduler {
  /** Start time of every simulation. */
  public static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

  private record Event(long at, long number, SimulatedProcess process, long alarm, Runnable task)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Set<SimulatedProcess> alive = new LinkedHashSet<>();
  private final Sandbox permanent = new Sandbox(this, "", Long.MAX_VALUE);
  private final Thread owner = Thread.currentThread();
  private long now;
  private long numbers;
  private long switches;
  private SimulatedProcess current;

  /** Whether the current process waits already, while it runs the tasks that are due. */
  private boolean yielding;

  private volatile boolean stopped;
  private volatile boolean ownerResumed;
  private Throwable failure;

  /** Simulated time: microseconds since {@link #START}. */
  public long now() {
    return now;
  }

  /** The time on a clock that is {@code skew} microseconds ahead. */
  public Instant instant(long skew) {
    return START.plusNanos((now + skew) * 1_000);
  }

  /** The running process. */
  public SimulatedProcess current() {
    return current;
  }

  /** Number of context switches, including those to the same process. */
  public long switches() {
    return switches;
  }

  /** Creates a sandbox that lives at most {@code atMost} microseconds. */
  public Sandbox newSandbox(String name, long atMost) {
    return new Sandbox(this, name, now + atMost);
  }

  /** Starts a process in a sandbox. */
  public SimulatedProcess start(String name, Sandbox sandbox, Runnable work) {
    SimulatedProcess[] self = new SimulatedProcess[1];
    SimulatedProcess process =
        new SimulatedProcess(
            name,
            sandbox,
            () -> {
              try {
                if (!stopped && sandbox.endReason() == null) {
                  work.run();
                }
              } catch (ProcessDied _) {
                // killed
              } catch (Throwable e) {
                fail(e);
              }
              end(self[0]);
            });
    self[0] = process;
    sandbox.add(process);
    alive.add(process);
    wakeAt(process, now);
    return process;
  }

  /** Starts a process that is never killed. */
  public SimulatedProcess start(String name, Runnable work) {
    return start(name, permanent, work);
  }

  /** Runs a task at a time, atomically. */
  public void at(long time, Runnable task) {
    events.add(new Event(Math.max(time, now), numbers++, null, 0, task));
  }

  private void wakeAt(SimulatedProcess process, long at) {
    events.add(new Event(at, numbers++, process, process.newAlarm(), null));
  }

  /** Wakes a waiting process now. */
  public void wake(SimulatedProcess process) {
    if (!process.isOver() && (process != current || yielding)) {
      wakeAt(process, now);
    }
  }

  /** Suspends the current process for this long, in microseconds. */
  public void sleep(long micros) {
    long until = now + micros;
    do {
      pause(until - now);
    } while (now < until);
  }

  /** Suspends the current process until it is woken, for at most {@code atMost} microseconds. */
  public void pause(long atMost) {
    SimulatedProcess process = current;
    check(process);
    long until = atMost > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + atMost;
    if (until != Long.MAX_VALUE || process.sandbox().endsAt() != Long.MAX_VALUE) {
      wakeAt(process, Math.min(until, process.sandbox().endsAt()));
    } else {
      process.newAlarm();
    }
    yieldFrom(process);
    check(process);
  }

  private void check(SimulatedProcess process) {
    if (stopped) {
      throw new ProcessDied("the simulation is over");
    }
    if (process.sandbox().endReason() != null) {
      throw new ProcessDied(process.sandbox().endReason());
    }
    if (now >= process.sandbox().endsAt()) {
      throw process.sandbox().die("timed out");
    }
  }

  /** Stops the simulation with an error: a violated invariant or a defect of the simulator. */
  public void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    }
    stopped = true;
  }

  /** Stops the simulation. */
  public void stop() {
    stopped = true;
  }

  /** Whether the simulation was stopped. */
  public boolean isStopped() {
    return stopped;
  }

  /** Ends a process; called on its own thread. */
  private void end(SimulatedProcess process) {
    process.setOver();
    process.sandbox().remove(process);
    alive.remove(process);
    process.suspend();
    switchTo(nextProcess());
  }

  private void yieldFrom(SimulatedProcess process) {
    switches++;
    yielding = true;
    SimulatedProcess next = nextProcess();
    yielding = false;
    if (next == process) {
      return;
    }
    process.suspend();
    switchTo(next);
    process.awaitResume();
  }

  private void switchTo(SimulatedProcess next) {
    current = next;
    if (next == null) {
      ownerResumed = true;
      LockSupport.unpark(owner);
    } else {
      next.resume();
    }
  }

  /** Runs the tasks that are due and returns the next process; null if the simulation is over. */
  private SimulatedProcess nextProcess() {
    while (!stopped) {
      Event event = events.poll();
      if (event == null) {
        stopped = true;
        break;
      }
      if (event.process == null) {
        now = event.at;
        try {
          event.task.run();
        } catch (Throwable e) {
          fail(e);
        }
      } else if (!event.process.isOver() && event.alarm == event.process.alarm()) {
        now = event.at;
        return event.process;
      }
    }
    return null;
  }

  /**
   * Runs until the simulation is stopped or no process is waiting. Must be called by the thread
   * that created the scheduler.
   *
   * @throws Throwable the first error passed to {@link #fail}
   */
  public void run() throws Throwable {
    runUntilIdle(nextProcess());
    List<SimulatedProcess> remaining = new ArrayList<>(alive);
    for (SimulatedProcess process : remaining) {
      if (process.isStarted() && !process.isOver()) {
        runUntilIdle(process);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void runUntilIdle(SimulatedProcess next) {
    if (next == null) {
      return;
    }
    ownerResumed = false;
    switchTo(next);
    while (!ownerResumed) {
      LockSupport.park(this);
    }
  }
}
