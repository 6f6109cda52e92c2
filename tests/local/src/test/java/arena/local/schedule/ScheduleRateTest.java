package arena.local.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScheduleRateTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rate(15 minutes) | 2026-01-31T12:00:30Z | 2026-01-31T12:15:30Z",
        "rate(1 hour)     | 2026-01-31T12:00:00Z | 2026-01-31T13:00:00Z",
        "rate(1 day)      | 2026-01-31T12:00:00Z | 2026-02-01T12:00:00Z",
      })
  void addsTheIntervalToThePreviousTime(String expression, Instant previous, Instant next) {
    assertEquals(next, ScheduleRate.parse(expression.trim()).next(previous));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate(0 minutes)",
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(5 years)",
        "cron(0 12 * * ? *)",
        "at(2026-01-31T12:00:00)",
        "every day",
        ""
      })
  void rejectsOtherExpressions(String expression) {
    assertThrows(IllegalArgumentException.class, () -> ScheduleRate.parse(expression));
  }
}
