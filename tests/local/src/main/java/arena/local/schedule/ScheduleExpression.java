package arena.local.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a schedule fires: {@code rate(15 minutes)}, or {@code cron(0 12 * * ? *)} in UTC with
 * numbers, names, lists, ranges and steps; not {@code L}, {@code W} and {@code #}.
 */
public sealed interface ScheduleExpression {
  /**
   * The first time after this one.
   *
   * @throws IllegalStateException if there is none within some years
   */
  Instant next(Instant after);

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException if it is none that is understood
   */
  static ScheduleExpression parse(String text) {
    Matcher rate = Rate.FORM.matcher(text);
    if (rate.matches()) {
      return Rate.parse(text, Long.parseLong(rate.group(1)), rate.group(2));
    }
    Matcher cron = Cron.FORM.matcher(text);
    if (cron.matches()) {
      return Cron.parse(text, cron.group(1).trim().split("\\s+"));
    }
    throw new IllegalArgumentException(
        "the schedule \"" + text + "\" is neither rate(number unit) nor cron(six fields)");
  }

  /** Every so often. */
  record Rate(Duration every) implements ScheduleExpression {
    private static final Pattern FORM =
        Pattern.compile("rate\\((\\d{1,6}) (minute|minutes|hour|hours|day|days)\\)");

    private static Rate parse(String text, long number, String unit) {
      if (number == 0 || (number == 1) == unit.endsWith("s")) {
        throw new IllegalArgumentException(
            "the schedule \"" + text + "\" has a number that does not go with its unit");
      }
      return new Rate(
          switch (unit.charAt(0)) {
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
          });
    }

    @Override
    public Instant next(Instant after) {
      return after.plus(every);
    }
  }

  /** At times of the calendar, in UTC. Each set holds the values that fire. */
  record Cron(
      String text,
      BitSet minutes,
      BitSet hours,
      BitSet days,
      BitSet months,
      BitSet weekdays,
      BitSet years)
      implements ScheduleExpression {
    private static final Pattern FORM = Pattern.compile("cron\\(([^()]+)\\)");
    private static final List<String> MONTHS =
        List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> WEEKDAYS =
        List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final int FIRST_YEAR = 1970;
    private static final int LAST_YEAR = 2199;
    private static final int MAX_STEPS = 100_000;

    private static Cron parse(String text, String[] fields) {
      if (fields.length != 6) {
        throw new IllegalArgumentException(
            "the schedule \"" + text + "\" has " + fields.length + " fields, not six");
      }
      if (fields[2].equals("?") == fields[4].equals("?")) {
        throw new IllegalArgumentException(
            "the schedule \"" + text + "\" needs ? as day of the month or of the week, not both");
      }
      return new Cron(
          text,
          set(text, fields[0], 0, 59, List.of()),
          set(text, fields[1], 0, 23, List.of()),
          set(text, fields[2], 1, 31, List.of()),
          set(text, fields[3], 1, 12, MONTHS),
          set(text, fields[4], 1, 7, WEEKDAYS),
          set(text, fields[5], FIRST_YEAR, LAST_YEAR, List.of()));
    }

    private static BitSet set(String text, String field, int least, int most, List<String> names) {
      BitSet set = new BitSet();
      for (String item : field.split(",", -1)) {
        String[] step = item.split("/", 2);
        String[] ends = step[0].split("-", 2);
        int from = least;
        int to = most;
        if (!step[0].equals("*") && !step[0].equals("?")) {
          from = number(text, ends[0], least, most, names);
          to =
              ends.length == 2
                  ? number(text, ends[1], least, most, names)
                  : step.length == 2 ? most : from;
        }
        int by = step.length == 2 ? number(text, step[1], 1, most, List.of()) : 1;
        for (int value = from; value <= to; value += by) {
          set.set(value);
        }
      }
      if (set.isEmpty()) {
        throw new IllegalArgumentException(
            "the schedule \"" + text + "\" has nothing in \"" + field + "\"");
      }
      return set;
    }

    private static int number(String text, String value, int least, int most, List<String> names) {
      int named = names.indexOf(value.toUpperCase(Locale.ROOT));
      if (named >= 0) {
        return least + named;
      }
      if (value.matches("\\d{1,4}")) {
        int number = Integer.parseInt(value);
        if (number >= least && number <= most) {
          return number;
        }
      }
      throw new IllegalArgumentException(
          "the schedule \""
              + text
              + "\" has \""
              + value
              + "\", which is not "
              + least
              + " to "
              + most);
    }

    @Override
    public Instant next(Instant after) {
      ZonedDateTime time =
          after.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
      for (int step = 0; step < MAX_STEPS && time.getYear() <= LAST_YEAR; step++) {
        if (!years.get(time.getYear()) || !months.get(time.getMonthValue())) {
          time = time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1);
        } else if (!days.get(time.getDayOfMonth())
            || !weekdays.get(time.getDayOfWeek().getValue() % 7 + 1)) {
          time = time.truncatedTo(ChronoUnit.DAYS).plusDays(1);
        } else if (!hours.get(time.getHour())) {
          time = time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
        } else if (!minutes.get(time.getMinute())) {
          time = time.plusMinutes(1);
        } else {
          return time.toInstant();
        }
      }
      throw new IllegalStateException("the schedule \"" + text + "\" never fires after " + after);
    }
  }
}
