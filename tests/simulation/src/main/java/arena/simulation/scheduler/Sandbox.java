package arena.simulation.scheduler;

import java.util.ArrayList;
import java.util.List;

/** A group of processes that die together: a function's sandbox with its worker threads. */
public final class Sandbox {
  private final String name;
  private final Scheduler scheduler;
  private final long startedAt;
  private final long endsAt;
  private final List<SimulatedProcess> processes = new ArrayList<>();
  private long skew;
  private String endReason;

  Sandbox(Scheduler scheduler, String name, long endsAt) {
    this.scheduler = scheduler;
    this.name = name;
    this.startedAt = scheduler.now();
    this.endsAt = endsAt;
  }

  /** Name in the trace. */
  public String name() {
    return name;
  }

  /** Start time, in microseconds. */
  public long startedAt() {
    return startedAt;
  }

  /** Time at which it is killed at the latest. */
  long endsAt() {
    return endsAt;
  }

  /** How far its clock is ahead of the true time, in microseconds. */
  public long skew() {
    return skew;
  }

  public void setSkew(long micros) {
    skew = micros;
  }

  /** Why it was killed; null while it is alive. */
  public String endReason() {
    return endReason;
  }

  /** Kills all its processes at their current step. */
  public void end(String why) {
    if (endReason == null) {
      endReason = why;
      processes.forEach(scheduler::wake);
    }
  }

  /** Kills the sandbox from within; the caller throws the result. */
  public ProcessDied die(String why) {
    end(why);
    return new ProcessDied(why);
  }

  void add(SimulatedProcess process) {
    processes.add(process);
  }

  void remove(SimulatedProcess process) {
    processes.remove(process);
  }
}
