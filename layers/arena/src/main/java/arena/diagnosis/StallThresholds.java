package arena.diagnosis;

import java.time.Duration;

/**
 * The durations after which a step counts as stalled.
 *
 * @param model timeout of one model call
 * @param grace period without progress after which the reaper may act
 */
public record StallThresholds(Duration model, Duration grace) {
  /** From the creation of the row to the start of the execution. */
  static final Duration START = Duration.ofSeconds(5);

  /** Upper bound of {@link #START}: create-run and create-fork time out after 25 s. */
  static final Duration CREATE = Duration.ofSeconds(30);

  /** From a task's start to the turn's first journal entry, including a cold start. */
  static final Duration TURN = Duration.ofSeconds(30);

  /** From a journal entry to its publication. */
  static final Duration PUBLISH = Duration.ofSeconds(5);

  /** From a run's end to its readers' {@code closed} message. */
  static final Duration DRAIN = Duration.ofSeconds(4);

  /** Archiving and closing a run: finalize-run times out after 300 s. */
  static final Duration FINALIZE = Duration.ofSeconds(330);

  /** Delay after the model's timeout before it counts as exceeded. */
  static final Duration MODEL_MARGIN = Duration.ofSeconds(3);

  /** From the timeout of a turn's model to the end of its task; its function ends after 30 s. */
  private static final Duration TASK_MARGIN = Duration.ofSeconds(35);

  /** Lifetime of a turn's task. */
  Duration task() {
    return model.plus(TASK_MARGIN);
  }

  /** The reaper's schedule. */
  static final Duration REAPER_EVERY = Duration.ofMinutes(15);
}
