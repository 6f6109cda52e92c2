package arena.local.states;

import java.math.BigDecimal;
import java.time.Instant;

/** Timestamps in the API's JSON: seconds since 1970, with milliseconds. */
final class Timestamps {
  private Timestamps() {}

  static BigDecimal seconds(Instant instant) {
    return BigDecimal.valueOf(instant.toEpochMilli(), 3);
  }
}
