package arena.local.states;

import java.time.Duration;

/** The service's quotas, as AWS publishes them for standard state machines. */
final class Quotas {
  private Quotas() {}

  /** Largest input, output or result of a state or execution, in bytes of UTF-8. */
  static final int MAX_DATA_BYTES = 256 * 1024;

  /** Most events in one execution's history; the last one says so. */
  static final int MAX_EVENTS = 25_000;

  /** Longest name of a state, state machine, execution or variable, in characters. */
  static final int MAX_NAME = 80;

  /** Longest name of an error, in characters. */
  static final int MAX_ERROR = 256;

  /** Longest cause of an error, in characters. */
  static final int MAX_CAUSE = 32_768;

  /** Largest values of all variables of one execution together, in bytes of UTF-8. */
  static final int MAX_VARIABLES_BYTES = 10 * 1024 * 1024;

  /** Largest definition of a state machine, in characters. */
  static final int MAX_DEFINITION = 1024 * 1024;

  /** Most items on one page. */
  static final int MAX_PAGE = 1_000;

  /** Items on a page when a request does not say. */
  static final int DEFAULT_PAGE = 100;

  /** Longest time-out, wait and delay, in seconds. */
  static final int MAX_SECONDS = 99_999_999;

  /** Most attempts that a retrier may name. */
  static final int MAX_ATTEMPTS = 99_999_999;

  /** How long a closed execution is kept, and its name not free. */
  static final Duration RETENTION = Duration.ofDays(90);

  /** Most executions under way at once. AWS has a million; one machine has less room. */
  static final int MAX_OPEN_EXECUTIONS = 10_000;

  /** Largest request, in characters. */
  static final int MAX_REQUEST = 1024 * 1024;
}
