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
 * Fires schedules by the stack's clock. A rate counts from the start of the stack; what fell due
 * while the stack was down is not made up for.
 */
public final class Schedules implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FunctionHost host;
  private final StackClock clock;
  private final String region;
  private final String account;
  private final LogFile log;
  private final List<Running> running = new ArrayList<>();

  /** Starts these schedules; {@code log} is told what could not be fired. */
  public static Schedules start(
      List<ScheduleDefinition> definitions,
      FunctionHost host,
      StackClock clock,
      String region,
      String account,
      LogFile log) {
    Schedules schedules = new Schedules(host, clock, region, account, log);
    for (ScheduleDefinition definition : definitions) {
      Running one = schedules.new Running(definition);
      schedules.running.add(one);
      one.wait(clock.now());
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

  /** No schedule fires any more. */
  @Override
  public void close() {
    running.forEach(Running::cancel);
  }

  private final class Running {
    private final ScheduleDefinition definition;
    private StackClock.Alarm alarm;
    private boolean cancelled;

    Running(ScheduleDefinition definition) {
      this.definition = definition;
    }

    synchronized void wait(Instant since) {
      if (!cancelled) {
        Instant now = clock.now();
        Instant following = definition.times().next(since);
        // The machine may have slept: what it slept through is not made up for.
        Instant next = following.isBefore(now) ? definition.times().next(now) : following;
        alarm = clock.after(Duration.between(now, next), () -> fire(next));
      }
    }

    synchronized void cancel() {
      cancelled = true;
      if (alarm != null) {
        alarm.cancel();
      }
    }

    private void fire(Instant due) {
      try {
        host.invokeInBackground(
            definition.function(), definition.input().orElseGet(() -> event(due)));
      } catch (InvokeFault e) {
        log.line("schedule " + definition.name() + " could not be fired: " + e.getMessage());
      }
      wait(due);
    }

    private String event(Instant due) {
      ObjectNode event = JSON.createObjectNode();
      event.put("version", "0").put("id", UUID.randomUUID().toString());
      event.put("detail-type", "Scheduled Event");
      boolean rule = definition.kind() == ScheduleDefinition.Kind.RULE;
      event.put("source", rule ? "aws.events" : "aws.scheduler").put("account", account);
      event.put("time", due.truncatedTo(ChronoUnit.SECONDS).toString()).put("region", region);
      String resource =
          rule
              ? "arn:aws:events:" + region + ":" + account + ":rule/" + definition.name()
              : "arn:aws:scheduler:"
                  + region
                  + ":"
                  + account
                  + ":schedule/default/"
                  + definition.name();
      event.putArray("resources").add(resource);
      if (rule) {
        event.putObject("detail");
      } else {
        event.put("detail", "{}");
      }
      return event.toString();
    }
  }
}
