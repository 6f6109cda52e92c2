package arena.diagnosis;

import java.time.Duration;

/**
 * How long things may take before they count as stuck.
 *
 * @param model one call of a model
 * @param grace after which a silent or closed run is the reaper's
 */
public record StallThresholds(Duration model, Duration grace) {
  /**
   * Between the row and the start of its execution: create-run's own calls, one after the other.
   */
  static final Duration START = Duration.ofSeconds(5);

  /** What starts an execution has given up by then: create-run and create-fork live for 25 s. */
  static final Duration CREATE = Duration.ofSeconds(30);

  /** From a task's start to the turn's first entry, which may have to wait for a cold start. */
  static final Duration TURN = Duration.ofSeconds(30);

  /** After which a task has no answer any more: replay-turn lives for 90 s. */
  static final Duration TASK = Duration.ofSeconds(95);

  /** From a journal's entry to the broker. */
  static final Duration PUBLISH = Duration.ofSeconds(5);

  /** From a run's end to its readers' last message. */
  static final Duration DRAIN = Duration.ofSeconds(4);

  /** To archive and close a run: finalize-run lives for 300 s. */
  static final Duration FINALIZE = Duration.ofSeconds(330);

  /** How much later than its time-out a model's silence is sure to be seen. */
  static final Duration MODEL_MARGIN = Duration.ofSeconds(3);

  /** How often the reaper comes. */
  static final Duration REAPER_EVERY = Duration.ofMinutes(15);
}
