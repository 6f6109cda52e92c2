package arena.metrics;

import java.util.Optional;

/** The metrics in CloudWatch; four of them are also in {@code GET /metrics}. */
public enum Metric {
  /** New events in the journal. */
  EVENTS_PUBLISHED(Unit.COUNT),
  /** Events sent to readers. */
  EVENTS_STREAMED(Unit.COUNT),
  /** Readers dropped because they fell behind the buffer or were unreachable. */
  STREAMS_DROPPED(Unit.COUNT),
  /** Running runs; measured by the reaper. */
  RUNS_OPEN(Unit.COUNT),
  /** Duration of a turn. */
  TURN_TIME(Unit.MILLISECONDS),
  /** Duration of a model call, including failed ones. */
  MODEL_TIME(Unit.MILLISECONDS),
  /** Duration of a publish to the broker. */
  PUBLISH_TIME(Unit.MILLISECONDS),
  /** Maximum time from publish to send in a fan-out. */
  FAN_OUT_LAG(Unit.MILLISECONDS),
  /** Duration of writing an archive and reading it back. */
  ARCHIVE_TIME(Unit.MILLISECONDS),
  /** Actions of the reaper, by {@code action}; see {@code arena.lifecycle.ReapAction}. */
  REAPER_ACTIONS(Unit.COUNT, "action"),
  /** Failures of the reaper. */
  REAPER_FAILURES(Unit.COUNT),
  /** Longest time without an event of a running run; measured by the reaper. */
  LONGEST_SILENCE(Unit.SECONDS),
  /** Failed attempts of functions, by {@code cause}; see {@code arena.error.ErrorKind}. */
  ERRORS(Unit.COUNT, "cause"),
  /** Failed runs, by {@code cause}; see {@code arena.error.ErrorKind}. */
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

  /** The unit of a metric. */
  public enum Unit {
    COUNT,
    MILLISECONDS,
    SECONDS
  }

  /** The name in CloudWatch. */
  public String label() {
    return LabelNames.of(this);
  }

  /** The unit in CloudWatch. */
  public Unit unit() {
    return unit;
  }

  /**
   * The additional dimension, if any. Its values are constants of an enum, so that their number is
   * bounded.
   */
  public Optional<String> dimension() {
    return dimension;
  }

  /** Whether values are summed. */
  public boolean isCount() {
    return unit == Unit.COUNT;
  }
}
