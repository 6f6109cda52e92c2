package arena.benchmark;

import java.util.Locale;
import java.util.Objects;

/**
 * One line of the report.
 *
 * @param what what was measured
 * @param number the number, as it is printed
 * @param unit the number's unit
 * @param beside the limit, or what else the number is to be seen beside
 */
record Row(Kind kind, String what, String number, String unit, String beside, Verdict verdict) {
  /** Ratios stand first: they can be compared between machines. */
  enum Kind {
    RATIO,
    AMOUNT,
    NOTE
  }

  /** What a limit says of the number. */
  enum Verdict {
    OK,
    MISSED,
    NO_LIMIT
  }

  Row {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(verdict);
  }

  /** A ratio that is to be no less than this. */
  static Row atLeast(String what, double ratio, String unit, double limit) {
    return limited(what, ratio, unit, "at least %.2f", limit, ratio >= limit);
  }

  /** A ratio that is to be no more than this. */
  static Row atMost(String what, double ratio, String unit, double limit) {
    return limited(what, ratio, unit, "at most %.2f", limit, ratio <= limit);
  }

  private static Row limited(
      String what, double ratio, String unit, String words, double limit, boolean met) {
    return new Row(
        Kind.RATIO,
        what,
        decimal(ratio),
        unit,
        String.format(Locale.ROOT, words, limit),
        met ? Verdict.OK : Verdict.MISSED);
  }

  /** A ratio without a limit. */
  static Row ratio(String what, double ratio, String unit) {
    return new Row(Kind.RATIO, what, decimal(ratio), unit, "", Verdict.NO_LIMIT);
  }

  /** So many of something. */
  static Row amount(String what, double number, String unit, String beside) {
    return new Row(Kind.AMOUNT, what, amount(number), unit, beside, Verdict.NO_LIMIT);
  }

  /** Why something is not measured, and what to do about it, in a sentence. */
  static Row note(String what, String sentence) {
    return new Row(Kind.NOTE, what, "", "", sentence, Verdict.NO_LIMIT);
  }

  /** A number as an amount is printed: whole when it is large, else with two or three digits. */
  static String amount(double number) {
    return String.format(Locale.ROOT, Math.abs(number) >= 100 ? "%,.0f" : "%.1f", number);
  }

  private static String decimal(double ratio) {
    return String.format(Locale.ROOT, "%.2f", ratio);
  }
}
