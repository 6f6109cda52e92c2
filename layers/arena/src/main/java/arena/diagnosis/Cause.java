package arena.diagnosis;

import java.util.Locale;

/** The cause of a run's current state. */
public enum Cause {
  /** The replay is being started. */
  STARTING(true),
  /** A turn is waiting for its model, within the model's timeout. */
  WAITING_FOR_MODEL(true),
  /** A turn is being played. */
  PLAYING(true),
  /** The run is being archived and closed. */
  FINALIZING(true),
  /** All turns were played. */
  COMPLETE(true),
  /** The run does not exist. */
  NO_SUCH_RUN(false),
  /** The catalog does not answer. */
  CATALOG_UNREACHABLE(false),
  /** The run was created but its replay was not started. */
  NEVER_STARTED(false),
  /** The model does not answer within its timeout. */
  MODEL_HANGS(false),
  /** The model's service throttles calls. */
  MODEL_THROTTLES(false),
  /** The model's service is overloaded or failing. */
  MODEL_OVERLOADED(false),
  /** The model's service cannot be reached. */
  MODEL_UNREACHABLE(false),
  /** The model's service rejects the call: key, model name or request. */
  MODEL_REFUSES(false),
  /** The model's answers contain no list of actions. */
  MODEL_ANSWERS_NO_ACTIONS(false),
  /** A turn failed with an exception before the run had an event of a turn. */
  FAILED_BEFORE_FIRST_EVENT(false),
  /** A turn failed with an exception after the run had events. */
  FAILED_LATER(false),
  /** A task's process exited or timed out. */
  TASK_LOST(false),
  /** The broker does not answer. */
  BROKER_UNREACHABLE(false),
  /** The broker has fewer events of the run than the journal. */
  BROKER_LOST_DATA(false),
  /** The broker's connection limit is reached. */
  CONNECTIONS_EXHAUSTED(false),
  /** The run is closed, but readers were not notified. */
  READERS_NOT_DRAINED(false),
  /** A reader needs events that the buffer has dropped. */
  READER_FELL_BEHIND(false),
  /** The execution has ended, but the run has not. */
  EXECUTION_ENDED(false),
  /** No progress for the grace period; the reaper will end the run. */
  DUE_TO_BE_REAPED(false),
  /** The reaper ended the run. */
  REAPED(false),
  /** An operator stopped the run. */
  STOPPED(false),
  /** The run ended, but its archive cannot be written. */
  ARCHIVE_FAILED(false),
  /** No rule matches. */
  UNKNOWN(false);

  private final boolean healthy;

  Cause(boolean healthy) {
    this.healthy = healthy;
  }

  /** Whether this is a normal state. */
  public boolean healthy() {
    return healthy;
  }

  /** The name in JSON, such as {@code model_hangs}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
