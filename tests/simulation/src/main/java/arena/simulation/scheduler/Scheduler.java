package arena.simulation.scheduler;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets one process go on at a time. A process that waits hands the baton to whoever is due next,
 * and time goes on to that moment. Nothing else decides on the order, so a seed decides on
 * everything.
 */
public final class Scheduler {
  /** When every simulation begins. */
  public static final Instant BEGINNING = Instant.parse("2026-01-31T12:00:00Z");

  private record Event(long at, long number, SimulatedProcess process, long alarm, Runnable task)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Set<SimulatedProcess> alive = new LinkedHashSet<>();
  private final Sandbox everlasting = new Sandbox(this, "", Long.MAX_VALUE);
  private final Thread owner = Thread.currentThread();
  private long now;
  private long numbers;
  private long switches;
  private SimulatedProcess current;
  private volatile boolean stopped;
  private volatile boolean ownersTurn;
  private Throwable failure;

  /** Microseconds since the beginning. */
  public long now() {
    return now;
  }

  /** The time, for whose clock is this far ahead. */
  public Instant instant(long skew) {
    return BEGINNING.plusNanos((now + skew) * 1_000);
  }

  /** The process that is going on. */
  public SimulatedProcess current() {
    return current;
  }

  /** How often the baton was handed on, or kept. */
  public long switches() {
    return switches;
  }

  /** A new life of at most this long, in microseconds. */
  public Sandbox life(String name, long atMost) {
    return new Sandbox(this, name, now + atMost);
  }

  /** Starts a process that shares a life with others. */
  public SimulatedProcess start(String name, Sandbox life, Runnable work) {
    SimulatedProcess[] self = new SimulatedProcess[1];
    SimulatedProcess process =
        new SimulatedProcess(
            name,
            life,
            () -> {
              try {
                if (!stopped && life.deadOf() == null) {
                  work.run();
                }
              } catch (ProcessDied _) {
                // as it was told to
              } catch (Throwable e) {
                fail(e);
              }
              end(self[0]);
            });
    self[0] = process;
    life.add(process);
    alive.add(process);
    wakeAt(process, now);
    return process;
  }

  /** Starts a process that nothing ends. */
  public SimulatedProcess start(String name, Runnable work) {
    return start(name, everlasting, work);
  }

  /** Does this at that time, in one step. */
  public void at(long time, Runnable task) {
    events.add(new Event(Math.max(time, now), numbers++, null, 0, task));
  }

  private void wakeAt(SimulatedProcess process, long at) {
    events.add(new Event(at, numbers++, process, process.newAlarm(), null));
  }

  /** Has a process go on now that waits. */
  public void wake(SimulatedProcess process) {
    if (!process.isOver() && process != current) {
      wakeAt(process, now);
    }
  }

  /** Has the current process wait this long, in microseconds. */
  public void sleep(long micros) {
    long until = now + micros;
    do {
      pause(until - now);
    } while (now < until);
  }

  /** Has the current process wait until it is woken, or for this long, in microseconds. */
  public void pause(long atMost) {
    SimulatedProcess me = current;
    check(me);
    long until = atMost > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + atMost;
    if (until != Long.MAX_VALUE || me.life().endsAt() != Long.MAX_VALUE) {
      wakeAt(me, Math.min(until, me.life().endsAt()));
    } else {
      me.newAlarm();
    }
    handOn(me);
    check(me);
  }

  private void check(SimulatedProcess me) {
    if (stopped) {
      throw new ProcessDied("the simulation is over");
    }
    if (me.life().deadOf() != null) {
      throw new ProcessDied(me.life().deadOf());
    }
    if (now >= me.life().endsAt()) {
      throw me.life().die("timed out");
    }
  }

  /** Ends the simulation: something is not as promised, or the simulator has a defect. */
  public void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    }
    stopped = true;
  }

  /** Ends the simulation: all is done. */
  public void stop() {
    stopped = true;
  }

  /** Whether it was told to end. */
  public boolean isStopped() {
    return stopped;
  }

  /** Ends a process, on its own thread. */
  private void end(SimulatedProcess me) {
    me.setOver();
    me.life().remove(me);
    alive.remove(me);
    me.leaveBaton();
    giveTo(nextProcess());
  }

  private void handOn(SimulatedProcess me) {
    switches++;
    SimulatedProcess next = nextProcess();
    if (next == me) {
      return;
    }
    me.leaveBaton();
    giveTo(next);
    me.awaitBaton();
  }

  private void giveTo(SimulatedProcess next) {
    current = next;
    if (next == null) {
      ownersTurn = true;
      LockSupport.unpark(owner);
    } else {
      next.goOn();
    }
  }

  /** Whose turn it is; tasks that are due before are done. Null if it is over. */
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
   * Lets all go on until the simulation is stopped or nobody has anything left to do. To be called
   * by whoever made this.
   *
   * @throws Throwable what {@link #fail} was told first
   */
  public void run() throws Throwable {
    yieldTo(nextProcess());
    List<SimulatedProcess> left = new ArrayList<>(alive);
    for (SimulatedProcess process : left) {
      if (process.hasBegun() && !process.isOver()) {
        yieldTo(process);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void yieldTo(SimulatedProcess next) {
    if (next == null) {
      return;
    }
    ownersTurn = false;
    giveTo(next);
    while (!ownersTurn) {
      LockSupport.park(this);
    }
  }
}
