package arena.local.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScheduleExpressionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rate(15 minutes)       | 2026-01-31T12:00:30Z | 2026-01-31T12:15:30Z",
        "rate(1 day)            | 2026-01-31T12:00:00Z | 2026-02-01T12:00:00Z",
        "cron(0 12 * * ? *)     | 2026-01-31T12:00:00Z | 2026-02-01T12:00:00Z",
        "cron(0/20 * * * ? *)   | 2026-01-31T12:20:00Z | 2026-01-31T12:40:00Z",
        "cron(5,10 8-9 ? * MON-FRI *) | 2026-01-31T12:00:00Z | 2026-02-02T08:05:00Z",
        "cron(0 0 ? * 1 *)      | 2026-01-31T12:00:00Z | 2026-02-01T00:00:00Z",
        "cron(0 0 29 FEB ? *)   | 2026-01-31T12:00:00Z | 2028-02-29T00:00:00Z",
      })
  void theNextTimeIsTheOneAfter(String expression, Instant after, Instant next) {
    assertEquals(next, ScheduleExpression.parse(expression.trim()).next(after));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate(0 minutes)",
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(5 years)",
        "cron(0 12 * * *)",
        "cron(0 12 * * * *)",
        "cron(60 12 * * ? *)",
        "cron(0 12 L * ? *)",
        "cron(5-1 12 * * ? *)",
        "every day",
        ""
      })
  void whatIsNotUnderstoodIsRefused(String expression) {
    assertThrows(IllegalArgumentException.class, () -> ScheduleExpression.parse(expression));
  }

  @Test
  void aTimeThatNeverComesIsAnError() {
    ScheduleExpression never = ScheduleExpression.parse("cron(0 0 31 FEB ? *)");
    assertThrows(
        IllegalStateException.class, () -> never.next(Instant.parse("2026-01-31T12:00:00Z")));
  }
}
