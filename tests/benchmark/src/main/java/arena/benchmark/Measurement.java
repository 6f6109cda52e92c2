package arena.benchmark;

import java.util.List;

/** One thing that is measured, in several rounds after a warm-up. */
interface Measurement {
  /** What is measured, for who waits for it. */
  String title();

  /**
   * Measures it.
   *
   * @throws RuntimeException if it cannot be measured; a limit that is missed is no such thing
   */
  List<Row> measure(MeasuredStack stack);
}
