package arena.runtime;

import java.util.Optional;
import software.amazon.lambda.powertools.metrics.model.MetricUnit;

/**
 * What is measured, by the names it has in CloudWatch; four of them are those of {@code /metrics}.
 */
public enum Metric {
  /** Events that came to the broker for the first time. */
  EVENTS_PUBLISHED(MetricUnit.COUNT),
  /** Events that were sent to readers. */
  EVENTS_STREAMED(MetricUnit.COUNT),
  /** Readers that fell behind the buffer, or could not be reached, and were let go. */
  STREAMS_DROPPED(MetricUnit.COUNT),
  /** Runs that are running, as the reaper finds them. */
  RUNS_OPEN(MetricUnit.COUNT),
  /** One turn, all of it. */
  TURN_TIME(MetricUnit.MILLISECONDS),
  /** One answer of a model, or the wait for none. */
  MODEL_TIME(MetricUnit.MILLISECONDS),
  /** One publish to the broker. */
  PUBLISH_TIME(MetricUnit.MILLISECONDS),
  /** From a publish to the send to a reader: the longest of a fan-out. */
  FAN_OUT_LAG(MetricUnit.MILLISECONDS),
  /** One archive written and read back. */
  ARCHIVE_TIME(MetricUnit.MILLISECONDS),
  /** What the reaper did to runs, by {@code action}: see {@link ReaperAction}. */
  REAPER_ACTIONS(MetricUnit.COUNT, "action"),
  /** Runs that the reaper could not see to. */
  REAPER_FAILURES(MetricUnit.COUNT),
  /** How long the most silent of the running runs has had no event, as the reaper finds it. */
  LONGEST_SILENCE(MetricUnit.SECONDS),
  /** Failures of functions, each attempt one, by {@code cause}: see {@link ErrorCause}. */
  ERRORS(MetricUnit.COUNT, "cause"),
  /** Runs that ended as failed, by {@code cause}: see {@link ErrorCause}. */
  RUNS_FAILED(MetricUnit.COUNT, "cause");

  private final MetricUnit unit;
  private final Optional<String> dimension;

  Metric(MetricUnit unit) {
    this.unit = unit;
    this.dimension = Optional.empty();
  }

  Metric(MetricUnit unit, String dimension) {
    this.unit = unit;
    this.dimension = Optional.of(dimension);
  }

  /** Its name in CloudWatch. */
  public String label() {
    return LabelNames.of(this);
  }

  /** Its unit in CloudWatch. */
  public MetricUnit unit() {
    return unit;
  }

  /**
   * The dimension that it is told apart by, beside being told in sum; its values are those of an
   * enum, so that they stay few.
   */
  public Optional<String> dimension() {
    return dimension;
  }

  boolean isCount() {
    return unit == MetricUnit.COUNT;
  }
}
