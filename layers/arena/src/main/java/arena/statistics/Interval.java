package arena.statistics;

import java.util.Optional;

/**
 * An estimate with its 95 % interval.
 *
 * @param value the estimate
 * @param low lower limit; empty if the data does not allow an interval, as with one observation
 * @param high upper limit; empty if {@code low} is
 */
public record Interval(double value, Optional<Double> low, Optional<Double> high) {
  /** Confidence level of all intervals. */
  public static final double LEVEL = 0.95;

  /** Creates an estimate with its interval. */
  public static Interval of(double value, double low, double high) {
    return new Interval(value, Optional.of(low), Optional.of(high));
  }

  /** Creates an estimate without an interval. */
  public static Interval unknown(double value) {
    return new Interval(value, Optional.empty(), Optional.empty());
  }

  /** Whether the interval is known and contains a number. */
  public boolean contains(double number) {
    return low.isPresent() && low.get() <= number && number <= high.orElseThrow();
  }

  /** Restricts the limits to a range that contains the value. */
  Interval within(double min, double max) {
    return new Interval(
        value,
        low.map(limit -> Math.clamp(limit, min, max)),
        high.map(limit -> Math.clamp(limit, min, max)));
  }
}
