package arena.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Estimates with intervals. */
class IntervalTest {
  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void hasNoLimitsThatJsonCannotHold(double limit) {
    assertEquals(Interval.unknown(1), Interval.of(1, limit, 2));
    assertEquals(Interval.unknown(1), Interval.of(1, 0, limit));
    assertFalse(Interval.of(1, limit, limit).contains(1));
    assertTrue(Interval.of(1, 0, 2).contains(1));
  }
}
