package arena.benchmark;

import java.util.Locale;
import java.util.Objects;

/**
 * One line of the report.
 *
 * @param what the measured quantity
 * @param number the formatted number
 * @param unit the unit
 * @param reference the limit, or a value to compare with
 */
record Row(Kind kind, String what, String number, String unit, String reference, Verdict verdict) {
  /** Ratios are printed first because they are comparable between machines. */
  enum Kind {
    RATIO,
    AMOUNT,
    NOTE
  }

  /** Whether the number meets its limit. */
  enum Verdict {
    OK,
    MISSED,
    NO_LIMIT
  }

  Row {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(verdict);
  }

  /** A ratio with a lower limit. */
  static Row atLeast(String what, double ratio, String unit, double limit) {
    return limited(what, ratio, unit, "at least %.2f", limit, ratio >= limit);
  }

  /** A ratio with an upper limit. */
  static Row atMost(String what, double ratio, String unit, double limit) {
    return limited(what, ratio, unit, "at most %.2f", limit, ratio <= limit);
  }

  private static Row limited(
      String what, double ratio, String unit, String format, double limit, boolean met) {
    return new Row(
        Kind.RATIO,
        what,
        decimal(ratio),
        unit,
        String.format(Locale.ROOT, format, limit),
        met ? Verdict.OK : Verdict.MISSED);
  }

  /** A ratio without a limit. */
  static Row ratio(String what, double ratio, String unit) {
    return new Row(Kind.RATIO, what, decimal(ratio), unit, "", Verdict.NO_LIMIT);
  }

  /** An absolute number with a unit. */
  static Row amount(String what, double number, String unit, String reference) {
    return new Row(Kind.AMOUNT, what, amount(number), unit, reference, Verdict.NO_LIMIT);
  }

  /** An amount of money in US dollars. */
  static Row dollars(String what, double dollars, String basis) {
    return new Row(
        Kind.AMOUNT,
        what,
        String.format(Locale.ROOT, "%,.2f", dollars),
        "$",
        basis,
        Verdict.NO_LIMIT);
  }

  /** A sentence that explains why something was not measured and what to do. */
  static Row note(String what, String sentence) {
    return new Row(Kind.NOTE, what, "", "", sentence, Verdict.NO_LIMIT);
  }

  /** Formats an amount: without decimals from 100 on, else with one. */
  static String amount(double number) {
    return String.format(Locale.ROOT, Math.abs(number) >= 100 ? "%,.0f" : "%.1f", number);
  }

  private static String decimal(double ratio) {
    return String.format(Locale.ROOT, "%.2f", ratio);
  }
}
