package arena.benchmark;

import java.util.List;

/** A measurement of several rounds after a warm-up. */
interface Measurement {
  /** Title, printed before the measurement starts. */
  String title();

  /**
   * Runs the measurement.
   *
   * @throws RuntimeException if it fails; a missed limit is a row, not a failure
   */
  List<Row> measure(MeasuredStack stack);
}
