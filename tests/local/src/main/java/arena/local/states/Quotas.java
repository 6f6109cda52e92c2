package arena.local.states;

import java.time.Duration;

/** Quotas of standard state machines, as AWS publishes them. */
final class Quotas {
  private Quotas() {}

  /** Largest input, output or result of a state or execution, in bytes of UTF-8. */
  static final int MAX_DATA_BYTES = 256 * 1024;

  /** Most events in an execution's history; the last one reports that the limit is reached. */
  static final int MAX_EVENTS = 25_000;

  /** Longest name of a state, state machine or execution, in characters. */
  static final int MAX_NAME = 80;

  /** Longest name of an error, in characters. */
  static final int MAX_ERROR = 256;

  /** Longest cause of an error, in characters. */
  static final int MAX_CAUSE = 32_768;

  /** Largest definition of a state machine, in characters. */
  static final int MAX_DEFINITION = 1024 * 1024;

  /** Most iterations of an inline Map at a time. */
  static final int MAX_MAP_CONCURRENCY = 40;

  /** Most items on one page. */
  static final int MAX_PAGE = 1_000;

  /** Default number of items on a page. */
  static final int DEFAULT_PAGE = 100;

  /** Longest timeout and interval, in seconds. */
  static final int MAX_SECONDS = 99_999_999;

  /** Largest {@code MaxAttempts} of a retrier. */
  static final int MAX_ATTEMPTS = 99_999_999;

  /** How long a closed execution is kept; until then its name cannot be reused. */
  static final Duration RETENTION = Duration.ofDays(90);

  /** Most open executions. AWS allows a million; one machine has less memory. */
  static final int MAX_OPEN_EXECUTIONS = 10_000;

  /** Largest request, in characters. */
  static final int MAX_REQUEST = 1024 * 1024;
}
