package arena.simulation.scheduler;

import java.util.concurrent.locks.LockSupport;

/** A process of the simulation. It runs on its own thread, but only while the scheduler lets it. */
public final class SimulatedProcess {
  private final String name;
  private final Sandbox sandbox;
  private final Thread thread;
  private volatile boolean running;
  private boolean started;
  private boolean over;

  /** Number of the latest scheduled wake-up; earlier ones are ignored. */
  private long alarm;

  SimulatedProcess(String name, Sandbox sandbox, Runnable work) {
    this.name = name;
    this.sandbox = sandbox;
    this.thread = Thread.ofVirtual().unstarted(work);
  }

  /** Name in the trace. */
  public String name() {
    return name;
  }

  public Sandbox sandbox() {
    return sandbox;
  }

  /** Whether the process has ended. */
  public boolean isOver() {
    return over;
  }

  void setOver() {
    over = true;
  }

  boolean isStarted() {
    return started;
  }

  long alarm() {
    return alarm;
  }

  long newAlarm() {
    return ++alarm;
  }

  /** Starts or resumes the process. */
  void resume() {
    running = true;
    if (started) {
      LockSupport.unpark(thread);
    } else {
      started = true;
      thread.start();
    }
  }

  /** Blocks until resumed; called on its own thread. */
  void awaitResume() {
    while (!running) {
      LockSupport.park(this);
    }
  }

  void suspend() {
    running = false;
  }
}
