package arena.diagnosis;

import java.util.Locale;

/** Why a run is as it is. */
public enum Cause {
  /** Its replay is being started. */
  STARTING(true),
  /** A turn waits for its model, within the time that a model may take. */
  WAITING_FOR_MODEL(true),
  /** A turn is being played. */
  PLAYING(true),
  /** Its end is being written. */
  FINALIZING(true),
  /** It played to its end. */
  COMPLETE(true),

  /** No run has this id. */
  NO_SUCH_RUN(false),
  /** The catalog does not answer. */
  CATALOG_UNREACHABLE(false),
  /** It was created, and nothing plays it. */
  NEVER_STARTED(false),
  /** The model does not answer within its time. */
  MODEL_HANGS(false),
  /** The model's service takes no more calls for now. */
  MODEL_THROTTLES(false),
  /** The model's service has too much to do, or fails. */
  MODEL_OVERLOADED(false),
  /** The model's service cannot be reached. */
  MODEL_UNREACHABLE(false),
  /** The model's service refuses: the key, the model's name, the request. */
  MODEL_REFUSES(false),
  /** The model answers, but no list of actions. */
  MODEL_ANSWERS_NO_ACTIONS(false),
  /** A turn fails, or failed, on an exception before the run had an event of a turn. */
  FAILED_BEFORE_FIRST_EVENT(false),
  /** A turn fails, or failed, on an exception after the run had events. */
  FAILED_LATER(false),
  /** A task's process ended or did not answer in time. */
  TASK_LOST(false),
  /** The broker does not answer. */
  BROKER_UNREACHABLE(false),
  /** The broker has less of the run than the journal. */
  BROKER_LOST_DATA(false),
  /** The broker takes no more connections. */
  CONNECTIONS_EXHAUSTED(false),
  /** The run is closed, and readers have not been told. */
  READERS_NOT_DRAINED(false),
  /** A reader needs events that the live buffer no longer has. */
  READER_FELL_BEHIND(false),
  /** The execution is over, and the run is not. */
  EXECUTION_ENDED(false),
  /** No progress for the grace: the reaper is about to end it. */
  DUE_TO_BE_REAPED(false),
  /** The reaper ended it. */
  REAPED(false),
  /** An operator ended it. */
  STOPPED(false),
  /** It ended, and its archive cannot be written. */
  ARCHIVE_FAILED(false),
  /** The facts fit no rule. */
  UNKNOWN(false);

  private final boolean healthy;

  Cause(boolean healthy) {
    this.healthy = healthy;
  }

  /** Whether nothing is wrong. */
  public boolean healthy() {
    return healthy;
  }

  /** As answers have it, such as {@code model_hangs}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
