package arena.metrics;

import java.util.Optional;

/** A step of an invocation: the field {@code step} of its log lines. */
public enum Step {
  /** Any other work; mostly calls of the journal and the catalog. */
  STORES(Optional.empty()),
  MODEL(Optional.of(Metric.MODEL_TIME)),
  PUBLISH(Optional.of(Metric.PUBLISH_TIME)),
  ARCHIVE(Optional.of(Metric.ARCHIVE_TIME));

  private final Optional<Metric> duration;

  Step(Optional<Metric> duration) {
    this.duration = duration;
  }

  /** The name in log lines. */
  public String label() {
    return LabelNames.of(this);
  }

  /** The metric of its duration, if it is measured. */
  public Optional<Metric> duration() {
    return duration;
  }
}
