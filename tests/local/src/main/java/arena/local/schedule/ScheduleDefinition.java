package arena.local.schedule;

import java.util.Optional;

/**
 * A schedule, as the template declares it.
 *
 * @param name its name
 * @param kind what kind of schedule it is: the two say different things in their events
 * @param times when it fires
 * @param function the name or ARN of the function that it invokes
 * @param input the event, JSON, if the template gives one
 */
public record ScheduleDefinition(
    String name, Kind kind, ScheduleExpression times, String function, Optional<String> input) {
  /** Which service fires. */
  public enum Kind {
    /** A rule of EventBridge (SAM's {@code Schedule}). */
    RULE,
    /** EventBridge Scheduler (SAM's {@code ScheduleV2}). */
    SCHEDULER
  }
}
