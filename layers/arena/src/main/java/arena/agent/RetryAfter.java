package arena.agent;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * How long a service asks to wait before the next call: the header {@code Retry-After}, in seconds
 * or as a date (RFC 9110, section 10.2.3), or {@code retry-after-ms}.
 *
 * @param delay zero if the service asks for none
 */
record RetryAfter(Duration delay) {
  /** Longest wait within one call; a longer one is left to the state machine. */
  static final Duration MAX_IN_CALL = Duration.ofSeconds(10);

  /** Longest wait that a run is worth. */
  static final Duration MAX = Duration.ofMinutes(5);

  /** The date formats of RFC 9110, section 5.6.7; all are in UTC. */
  private static final List<DateTimeFormatter> DATES =
      List.of(
          DateTimeFormatter.RFC_1123_DATE_TIME,
          DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.US),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US));

  /** Reads a response's headers; one that cannot be read counts as none. */
  static RetryAfter of(HttpResponse<?> response) {
    return of(response.headers()::firstValue);
  }

  /**
   * Reads a response's headers; one that cannot be read counts as none.
   *
   * @param headers returns the header with a name
   */
  static RetryAfter of(Function<String, Optional<String>> headers) {
    Optional<String> millis = headers.apply("retry-after-ms");
    if (millis.isPresent() && millis.get().matches("[0-9]{1,10}")) {
      return new RetryAfter(Duration.ofMillis(Long.parseLong(millis.get())));
    }
    return read(headers.apply("retry-after").orElse("").strip(), headers.apply("date").orElse(""));
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
    for (DateTimeFormatter format : DATES) {
      try {
        return Optional.of(LocalDateTime.parse(date, format).toInstant(ZoneOffset.UTC));
      } catch (DateTimeParseException _) {
        // another format may fit
      }
    }
    return Optional.empty();
  }

  /** Returns this, or the other one if this asks for no wait. */
  RetryAfter or(RetryAfter other) {
    return delay.isZero() ? other : this;
  }

  /**
   * Waits, if the failure is retryable and the wait is short.
   *
   * @param deadline by {@link System#nanoTime}
   * @return whether it has waited, so that the call is worth another try
   */
  boolean waits(ModelException failure, long deadline) {
    long left = deadline - System.nanoTime();
    if (delay.isZero()
        || !isRetryable(failure)
        || delay.compareTo(MAX_IN_CALL) > 0
        || delay.toNanos() > left / 2) {
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

  /** Returns the failure with the delay, for the state machine, which can wait longer. */
  ModelException applyTo(ModelException failure) {
    if (delay.isZero() || !isRetryable(failure)) {
      return failure;
    }
    if (delay.compareTo(MAX) > 0) {
      return new ModelRefused(
          "%s; %s %s s, longer than a run can wait (%s s)"
              .formatted(
                  failure.getMessage(),
                  ModelRefused.ASKS_TO_WAIT,
                  delay.toSeconds(),
                  MAX.toSeconds()),
          failure);
    }
    String message = String.valueOf(failure.getMessage());
    return failure instanceof ModelThrottled
        ? new ModelThrottled(message, failure, delay)
        : new ModelOverloaded(message, failure, delay);
  }

  private static boolean isRetryable(ModelException failure) {
    return failure instanceof ModelThrottled || failure instanceof ModelOverloaded;
  }
}
