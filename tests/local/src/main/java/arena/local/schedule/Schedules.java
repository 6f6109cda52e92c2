package arena.local.schedule;

import arena.local.clock.StackClock;
import arena.local.lambda.FunctionHost;
import arena.local.lambda.InvokeFault;
import arena.local.log.LogFile;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Invokes functions on their schedules, by the stack's clock. A rate counts from the start of the
 * stack; invocations that were due while the stack was stopped are skipped.
 */
public final class Schedules implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FunctionHost host;
  private final StackClock clock;
  private final String region;
  private final String account;
  private final LogFile log;
  private final List<RunningSchedule> running = new ArrayList<>();

  /** Starts the schedules; failed invocations are written to the log. */
  public static Schedules start(
      List<ScheduleDefinition> definitions,
      FunctionHost host,
      StackClock clock,
      String region,
      String account,
      LogFile log) {
    Schedules schedules = new Schedules(host, clock, region, account, log);
    for (ScheduleDefinition definition : definitions) {
      RunningSchedule schedule = schedules.new RunningSchedule(definition);
      schedules.running.add(schedule);
      schedule.schedule(clock.now());
    }
    return schedules;
  }

  private Schedules(
      FunctionHost host, StackClock clock, String region, String account, LogFile log) {
    this.host = host;
    this.clock = clock;
    this.region = region;
    this.account = account;
    this.log = log;
  }

  /** Cancels all schedules. */
  @Override
  public void close() {
    running.forEach(RunningSchedule::cancel);
  }

  private final class RunningSchedule {
    private final ScheduleDefinition definition;
    private StackClock.Timer alarm;
    private boolean cancelled;

    RunningSchedule(ScheduleDefinition definition) {
      this.definition = definition;
    }

    synchronized void schedule(Instant previous) {
      if (!cancelled) {
        Instant now = clock.now();
        Instant following = definition.rate().next(previous);
        // Skips what was due while the machine was suspended.
        Instant next = following.isBefore(now) ? definition.rate().next(now) : following;
        alarm = clock.after(Duration.between(now, next), () -> invoke(next));
      }
    }

    synchronized void cancel() {
      cancelled = true;
      if (alarm != null) {
        alarm.cancel();
      }
    }

    private void invoke(Instant due) {
      try {
        host.invokeInBackground(definition.function(), event(due));
      } catch (InvokeFault e) {
        log.line("schedule " + definition.name() + " failed to invoke: " + e.getMessage());
      }
      schedule(due);
    }

    private String event(Instant due) {
      ObjectNode event = JSON.createObjectNode();
      event.put("version", "0").put("id", UUID.randomUUID().toString());
      event.put("detail-type", "Scheduled Event");
      event.put("source", "aws.events").put("account", account);
      event.put("time", due.truncatedTo(ChronoUnit.SECONDS).toString()).put("region", region);
      event
          .putArray("resources")
          .add("arn:aws:events:" + region + ":" + account + ":rule/" + definition.name());
      event.putObject("detail");
      return event.toString();
    }
  }
}
