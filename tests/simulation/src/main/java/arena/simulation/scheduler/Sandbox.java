package arena.simulation.scheduler;

import java.util.ArrayList;
import java.util.List;

/** What processes share that die together: a function's sandbox, and the workers in it. */
public final class Sandbox {
  private final String name;
  private final Scheduler scheduler;
  private final long begun;
  private final long endsAt;
  private final List<SimulatedProcess> processes = new ArrayList<>();
  private long skew;
  private String deadOf;

  Sandbox(Scheduler scheduler, String name, long endsAt) {
    this.scheduler = scheduler;
    this.name = name;
    this.begun = scheduler.now();
    this.endsAt = endsAt;
  }

  /** Who it is, in a trace. */
  public String name() {
    return name;
  }

  /** When it began, in microseconds. */
  public long begun() {
    return begun;
  }

  /** When it is ended if it has not ended before. */
  long endsAt() {
    return endsAt;
  }

  /** How far its clock is ahead, in microseconds. */
  public long skew() {
    return skew;
  }

  /** Sets its clock. */
  public void setSkew(long micros) {
    skew = micros;
  }

  /** Why it is dead; null while it lives. */
  public String deadOf() {
    return deadOf;
  }

  /** Ends all its processes, each where it is. */
  public void end(String why) {
    if (deadOf == null) {
      deadOf = why;
      processes.forEach(scheduler::wake);
    }
  }

  /** Ends it from within; to be thrown by the process that calls. */
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
