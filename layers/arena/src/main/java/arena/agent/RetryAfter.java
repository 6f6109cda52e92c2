package arena.agent;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * How long a service asks to wait before the next call: the header {@code Retry-After}, in seconds
 * or as a date (RFC 9110, section 10.2.3), or {@code retry-after-ms}.
 *
 * @param delay zero if the service asks for none
 */
record RetryAfter(Duration delay) {
  /** Longest wait within one call; a longer one is left to the state machine's retries. */
  static final Duration MAX_IN_CALL = Duration.ofSeconds(10);

  /** Longest wait that a run is worth: the state machine's retries of one turn end after it. */
  static final Duration MAX = Duration.ofMinutes(5);

  /** Reads a response's headers; one that cannot be read counts as none. */
  static RetryAfter of(HttpResponse<?> response) {
    Optional<String> millis = response.headers().firstValue("retry-after-ms");
    if (millis.isPresent() && millis.get().matches("[0-9]{1,10}")) {
      return new RetryAfter(Duration.ofMillis(Long.parseLong(millis.get())));
    }
    return read(
        response.headers().firstValue("retry-after").orElse("").strip(),
        response.headers().firstValue("date").orElse(""));
  }

  /**
   * Reads a header.
   *
   * @param value the header's value; may be empty
   * @param date the response's own date, by which a date is measured; may be empty
   */
  static RetryAfter read(String value, String date) {
    if (value.matches("[0-9]{1,10}(?:\\.[0-9]{1,6})?")) {
      return new RetryAfter(Duration.ofMillis(Math.round(Double.parseDouble(value) * 1_000)));
    }
    Optional<Instant> until = instant(value);
    if (until.isEmpty()) {
      return new RetryAfter(Duration.ZERO);
    }
    Duration wait = Duration.between(instant(date).orElseGet(Instant::now), until.get());
    return new RetryAfter(wait.isNegative() ? Duration.ZERO : wait);
  }

  private static Optional<Instant> instant(String date) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  /**
   * Waits, if the failure is retryable and the wait is short.
   *
   * @param deadline by {@link System#nanoTime}
   * @return whether it has waited, so that the call is worth another try
   * @throws ModelRefused if the service asks for more than {@link #MAX}
   */
  boolean waits(ModelException failure, long deadline) {
    if (delay.isZero()
        || !(failure instanceof ModelThrottled || failure instanceof ModelOverloaded)) {
      return false;
    }
    if (delay.compareTo(MAX) > 0) {
      throw new ModelRefused(
          "%s; the service asks to wait %s s, longer than a run can wait (%s s)"
              .formatted(failure.getMessage(), delay.toSeconds(), MAX.toSeconds()),
          failure);
    }
    long left = deadline - System.nanoTime();
    if (delay.compareTo(MAX_IN_CALL) > 0 || delay.toNanos() > left / 2) {
      return false;
    }
    try {
      Thread.sleep(delay);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
