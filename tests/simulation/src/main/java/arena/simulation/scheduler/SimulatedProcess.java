package arena.simulation.scheduler;

import java.util.concurrent.locks.LockSupport;

/** Something that goes on by itself, one step at a time, whenever it has the baton. */
public final class SimulatedProcess {
  private final String name;
  private final Sandbox life;
  private final Thread thread;
  private volatile boolean hasBaton;
  private boolean begun;
  private boolean over;

  /** Of the moments at which it was to be woken, only the last that was agreed on counts. */
  private long alarm;

  SimulatedProcess(String name, Sandbox life, Runnable whole) {
    this.name = name;
    this.life = life;
    this.thread = Thread.ofVirtual().unstarted(whole);
  }

  /** Who it is, in a trace. */
  public String name() {
    return name;
  }

  /** What it shares with others. */
  public Sandbox life() {
    return life;
  }

  /** Whether it has come to its end. */
  public boolean isOver() {
    return over;
  }

  void setOver() {
    over = true;
  }

  boolean hasBegun() {
    return begun;
  }

  long alarm() {
    return alarm;
  }

  long newAlarm() {
    return ++alarm;
  }

  /** Gives it the baton: it goes on. */
  void goOn() {
    hasBaton = true;
    if (begun) {
      LockSupport.unpark(thread);
    } else {
      begun = true;
      thread.start();
    }
  }

  /** Waits for the baton, on its own thread. */
  void awaitBaton() {
    while (!hasBaton) {
      LockSupport.park(this);
    }
  }

  void leaveBaton() {
    hasBaton = false;
  }
}
