package arena.metrics;

import java.util.Optional;

/** The metrics, by their names in CloudWatch; four of them are also in {@code /metrics}. */
public enum Metric {
  /** Events that came to the broker for the first time. */
  EVENTS_PUBLISHED(Unit.COUNT),
  /** Events that were sent to readers. */
  EVENTS_STREAMED(Unit.COUNT),
  /** Readers that fell behind the buffer, or could not be reached, and were let go. */
  STREAMS_DROPPED(Unit.COUNT),
  /** Runs that are running, as the reaper finds them. */
  RUNS_OPEN(Unit.COUNT),
  /** One turn, all of it. */
  TURN_TIME(Unit.MILLISECONDS),
  /** One answer of a model, or the wait for none. */
  MODEL_TIME(Unit.MILLISECONDS),
  /** One publish to the broker. */
  PUBLISH_TIME(Unit.MILLISECONDS),
  /** From a publish to the send to a reader: the longest of a fan-out. */
  FAN_OUT_LAG(Unit.MILLISECONDS),
  /** One archive written and read back. */
  ARCHIVE_TIME(Unit.MILLISECONDS),
  /** What the reaper did to runs, by {@code action}: see {@code arena.lifecycle.ReapAction}. */
  REAPER_ACTIONS(Unit.COUNT, "action"),
  /** Runs that the reaper could not see to. */
  REAPER_FAILURES(Unit.COUNT),
  /** How long the most silent of the running runs has had no event, as the reaper finds it. */
  LONGEST_SILENCE(Unit.SECONDS),
  /**
   * Failures of functions, each attempt one, by {@code cause}: see {@code
   * arena.runtime.ErrorCause}.
   */
  ERRORS(Unit.COUNT, "cause"),
  /** Runs that ended as failed, by {@code cause}: see {@code arena.runtime.ErrorCause}. */
  RUNS_FAILED(Unit.COUNT, "cause");

  private final Unit unit;
  private final Optional<String> dimension;

  Metric(Unit unit) {
    this.unit = unit;
    this.dimension = Optional.empty();
  }

  Metric(Unit unit, String dimension) {
    this.unit = unit;
    this.dimension = Optional.of(dimension);
  }

  /** What a metric's values are in. */
  public enum Unit {
    COUNT,
    MILLISECONDS,
    SECONDS
  }

  /** Its name in CloudWatch. */
  public String label() {
    return LabelNames.of(this);
  }

  /** Its unit in CloudWatch. */
  public Unit unit() {
    return unit;
  }

  /**
   * The dimension by which it is counted as well as in total; its values are the constants of an
   * enum, so that they stay few.
   */
  public Optional<String> dimension() {
    return dimension;
  }

  /** Whether its values are added up. */
  public boolean isCount() {
    return unit == Unit.COUNT;
  }
}
