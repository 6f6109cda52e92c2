package arena.local.schedule;

/**
 * A rule of EventBridge with a schedule: SAM's event type {@code Schedule}.
 *
 * @param name the rule's name
 * @param rate how often it invokes the function
 * @param function the name or ARN of the function
 */
public record ScheduleDefinition(String name, ScheduleRate rate, String function) {}
