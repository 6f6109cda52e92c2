package arena.metrics;

import java.util.function.Supplier;

/** Records measurements where they are taken. Implementations are thread-safe. */
public interface Metrics {
  /** Records nothing. */
  Metrics NONE =
      new Metrics() {
        @Override
        public void count(Metric metric, long count) {}

        @Override
        public void count(Metric metric, Enum<?> value) {}

        @Override
        public void max(Metric metric, double value) {}

        @Override
        public <T> T timed(Step step, Supplier<T> work) {
          return work.get();
        }
      };

  /** Adds to a count. A count of 0 is not recorded. */
  void count(Metric metric, long count);

  /**
   * Adds 1 to a count, in total and for one value of the metric's dimension.
   *
   * @param value of the {@linkplain Metric#dimension dimension}
   */
  void count(Metric metric, Enum<?> value);

  /** Records a value of which only the largest of an invocation is kept, in the metric's unit. */
  void max(Metric metric, double value);

  /**
   * Runs a step and records its duration. Log lines have the step during the call, and after a
   * failure until the invocation ends.
   */
  <T> T timed(Step step, Supplier<T> work);
}
