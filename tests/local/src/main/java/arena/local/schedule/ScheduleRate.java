package arena.local.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A schedule's rate expression, such as {@code rate(15 minutes)}. Other expressions are not
 * supported.
 *
 * @param interval the time between two invocations
 */
public record ScheduleRate(Duration interval) {
  private static final Pattern FORM =
      Pattern.compile("rate\\((\\d{1,6}) (minute|minutes|hour|hours|day|days)\\)");

  /**
   * Parses an expression.
   *
   * @throws IllegalArgumentException if it is not a valid rate expression
   */
  public static ScheduleRate parse(String expression) {
    Matcher matcher = FORM.matcher(expression);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "the local stack supports rate(number unit), not the schedule \"" + expression + "\"");
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    if (number == 0 || (number == 1) == unit.endsWith("s")) {
      throw new IllegalArgumentException(
          "the number and the unit of the schedule \"" + expression + "\" do not agree");
    }
    return new ScheduleRate(
        switch (unit.charAt(0)) {
          case 'm' -> Duration.ofMinutes(number);
          case 'h' -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        });
  }

  /** Returns the time of the invocation that follows the one at this time. */
  Instant next(Instant previous) {
    return previous.plus(interval);
  }
}
