package arena.lifecycle;

import arena.agent.ModelException;
import arena.agent.ModelRefused;
import arena.agent.ModelThrottled;
import arena.error.DependencyUnavailable;
import arena.error.ErrorKind;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Limits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits that a model's service asks for ({@code Retry-After}) and that are too long for the turn's
 * function: the state machine waits, then the turn is continued. The end of a wait is in the
 * journal, so that no other attempt at the turn calls the model earlier.
 */
final class ModelWaits {
  /**
   * Maximum of {@link TurnTask#waits}. Each costs at most nine of the execution's 25,000 history
   * events.
   */
  static final int MAX_WAITS = 200;

  private static final Logger LOG = LoggerFactory.getLogger(ModelWaits.class);

  private final Journal journal;
  private final Duration patience;
  private final InstantSource clock;

  /**
   * @param patience how long after a turn's start its model may be called for the last time
   */
  ModelWaits(Journal journal, Duration patience, InstantSource clock) {
    this.journal = journal;
    this.patience = patience;
    this.clock = clock;
  }

  /**
   * Checks that the turn's model may be called.
   *
   * @param before the turn's first entry
   * @throws ModelThrottled with the rest of the wait, if one is not over
   */
  void check(JournalEntry before) {
    Instant now = clock.instant();
    before
        .modelNotBefore()
        .filter(now::isBefore)
        .ifPresent(
            until -> {
              throw new ModelThrottled(
                  "the model's service asked to wait until " + until,
                  null,
                  Duration.between(now, until));
            });
  }

  /**
   * Returns the task to continue with after a failed model call.
   *
   * @param before the turn's first entry
   * @throws ModelException the failure if its service did not ask to wait, or if the run has waited
   *     {@link #MAX_WAITS} times, so that the state machine retries; {@link ModelRefused} if the
   *     run cannot wait that long
   */
  TurnTask after(ModelException failure, TurnTask task, JournalEntry before) {
    Duration delay = failure.retryAfter().orElseThrow(() -> failure);
    Instant until = clock.instant().plus(delay);
    if (until.isAfter(before.events().getLast().ts().plus(patience))) {
      throw new ModelRefused(
          "%s; %s %s s more, longer than the run can wait (%s s a turn)"
              .formatted(
                  failure.getMessage(),
                  ModelRefused.ASKS_TO_WAIT,
                  delay.toSeconds(),
                  patience.toSeconds()),
          failure);
    }
    if (before.modelNotBefore().filter(until.minusSeconds(1)::isBefore).isEmpty()) {
      postpone(before, until);
    }
    if (task.waits() >= MAX_WAITS) {
      throw failure;
    }
    int seconds = Math.toIntExact(delay.plusMillis(999).toSeconds());
    LOG.atInfo().addKeyValue("seconds", seconds).log("model asked to wait");
    String message =
        Limits.cut(String.valueOf(failure.getMessage()), TurnTask.ModelWait.MAX_MESSAGE);
    return task.waiting(new TurnTask.ModelWait(seconds, ErrorKind.of(failure).code(), message));
  }

  /** Without this record the state machine waits too; only a duplicate attempt does not. */
  private void postpone(JournalEntry before, Instant until) {
    try {
      journal.postponeModel(before.runId(), before.position(), until);
    } catch (DependencyUnavailable e) {
      LOG.atWarn().setCause(e).log("failed to record the end of a wait");
    }
  }
}
