package arena.runtime;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.metrics.model.DimensionSet;
import software.amazon.lambda.powertools.metrics.provider.EmfMetricsProvider;

/**
 * What was measured during one invocation. It goes out at the invocation's end, as lines in
 * CloudWatch's embedded format, one for what has no dimension of its own and one for each value of
 * a dimension: a handful, without a call of any store. Counts are summed up; of times each is kept,
 * up to {@value #MAX_VALUES}, beyond which the longest are.
 *
 * <p>A sandbox does one invocation at a time, on as many threads as it likes.
 */
public final class Metrics {
  private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

  /** Most values of one metric in one line, as the embedded format has it. */
  static final int MAX_VALUES = 100;

  /** Tells the stacks of one account apart: every metric has it. */
  static final String SERVICE = "service";

  private final String namespace;
  private final String service;
  private final Map<Metric, List<Double>> plain = new EnumMap<>(Metric.class);
  private final Map<Metric, Map<String, Double>> divided = new EnumMap<>(Metric.class);

  Metrics(String namespace, String service) {
    this.namespace = namespace;
    this.service = service;
  }

  private synchronized void add(Metric metric, double value) {
    List<Double> values = plain.computeIfAbsent(metric, _ -> new ArrayList<>());
    if (metric.isCount() && !values.isEmpty()) {
      values.set(0, values.getFirst() + value);
    } else if (values.size() < MAX_VALUES) {
      values.add(value);
    } else if (value > values.getLast()) {
      values.set(MAX_VALUES - 1, value);
    }
  }

  /** Adds a count; one of 0 is not told. */
  public void count(Metric metric, long count) {
    if (count != 0) {
      add(metric, (double) count);
    }
  }

  /** Does the work of one step and takes its time. What fails in it tells that it was there. */
  <T> T timed(Step step, Metric metric, Supplier<T> work) {
    Telemetry.step(step);
    long start = System.nanoTime();
    try {
      T done = work.get();
      Telemetry.step(Step.STORES);
      return done;
    } finally {
      since(metric, start);
    }
  }

  /** Adds the time since then, which {@link System#nanoTime} gave. */
  public void since(Metric metric, long startNanos) {
    add(metric, (System.nanoTime() - startNanos) / 1e6);
  }

  /** Tells how much there is of something now. */
  public synchronized void gauge(Metric metric, long value) {
    plain.put(metric, new ArrayList<>(List.of((double) value)));
  }

  /** Keeps the largest of the values given. */
  synchronized void longest(Metric metric, double value) {
    List<Double> values = plain.computeIfAbsent(metric, _ -> new ArrayList<>(List.of(value)));
    values.set(0, Math.max(values.getFirst(), value));
  }

  /** Counts one error. */
  public void error(ErrorCause cause) {
    divide(Metric.ERRORS, cause.label());
  }

  /** Counts one run that failed. */
  public void runFailed(ErrorCause cause) {
    divide(Metric.RUNS_FAILED, cause.label());
  }

  /** Counts something that the reaper did. */
  public void reaped(ReaperAction action) {
    divide(Metric.REAPER_ACTIONS, action.label());
  }

  private synchronized void divide(Metric metric, String value) {
    count(metric, 1);
    divided.computeIfAbsent(metric, _ -> new TreeMap<>()).merge(value, 1.0, Double::sum);
  }

  /** The sum of what was added, in the metric's unit. */
  public synchronized double total(Metric metric) {
    return plain.getOrDefault(metric, List.of()).stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Sends what there is, and begins anew. */
  synchronized void flush() {
    try {
      send();
    } catch (RuntimeException e) {
      LOG.warn("metrics were not sent", e); // work that is done is not undone by its numbers
    } finally {
      plain.clear();
      divided.clear();
    }
  }

  private void send() {
    boolean any = false;
    var line = line(DimensionSet.of(SERVICE, service));
    for (Map.Entry<Metric, List<Double>> one : plain.entrySet()) {
      Metric metric = one.getKey();
      for (double value : one.getValue()) {
        line.addMetric(metric.label(), value, metric.unit());
        any = true;
      }
    }
    if (any) {
      line.flush();
    }
    divided.forEach(
        (metric, counts) ->
            counts.forEach(
                (value, count) -> {
                  String dimension = metric.dimension().orElseThrow();
                  var part = line(DimensionSet.of(SERVICE, service, dimension, value));
                  part.addMetric(metric.label(), count, metric.unit());
                  part.flush();
                }));
  }

  /**
   * One line by itself: what the library shares among invocations is not for functions in one JVM.
   */
  private software.amazon.lambda.powertools.metrics.Metrics line(DimensionSet dimensions) {
    var line = new EmfMetricsProvider().getMetricsInstance();
    line.setNamespace(namespace);
    line.setDefaultDimensions(dimensions);
    return line;
  }
}
