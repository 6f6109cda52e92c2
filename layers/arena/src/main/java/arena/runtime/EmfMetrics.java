package arena.runtime;

import arena.metrics.LabelNames;
import arena.metrics.Metric;
import arena.metrics.Metrics;
import arena.metrics.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.metrics.model.DimensionSet;
import software.amazon.lambda.powertools.metrics.model.MetricUnit;
import software.amazon.lambda.powertools.metrics.provider.EmfMetricsProvider;

/**
 * The measurements of one invocation, written at its end as log lines in CloudWatch's embedded
 * metric format: one line for metrics without a dimension, and one for each value of a dimension.
 * Counts are added up; durations are kept one by one, up to {@value #MAX_VALUES}, beyond which the
 * longest are kept.
 *
 * <p>Thread-safe. A sandbox runs one invocation at a time.
 */
public final class EmfMetrics implements Metrics {
  private static final Logger LOG = LoggerFactory.getLogger(EmfMetrics.class);

  /** Most values of one metric in one line, as the embedded format has it. */
  static final int MAX_VALUES = 100;

  /** The dimension of every metric: it separates the stacks of one account. */
  static final String SERVICE = "service";

  private final String namespace;
  private final String service;
  private final Map<Metric, List<Double>> plain = new EnumMap<>(Metric.class);
  private final Map<Metric, Map<String, Double>> divided = new EnumMap<>(Metric.class);

  EmfMetrics(String namespace, String service) {
    this.namespace = namespace;
    this.service = service;
  }

  private synchronized void add(Metric metric, double value) {
    List<Double> values = plain.computeIfAbsent(metric, _ -> new ArrayList<>());
    if (metric.isCount() && !values.isEmpty()) {
      values.set(0, values.getFirst() + value);
    } else {
      values.add(value);
      if (values.size() > MAX_VALUES) {
        values.remove(Collections.min(values));
      }
    }
  }

  @Override
  public void count(Metric metric, long count) {
    if (count != 0) {
      add(metric, (double) count);
    }
  }

  @Override
  public synchronized void count(Metric metric, Enum<?> value) {
    count(metric, 1);
    divided
        .computeIfAbsent(metric, _ -> new TreeMap<>())
        .merge(LabelNames.of(value), 1.0, Double::sum);
  }

  @Override
  public synchronized void max(Metric metric, double value) {
    List<Double> values = plain.computeIfAbsent(metric, _ -> new ArrayList<>(List.of(value)));
    values.set(0, Math.max(values.getFirst(), value));
  }

  @Override
  public <T> T timed(Step step, Supplier<T> work) {
    Telemetry.step(step);
    long start = System.nanoTime();
    try {
      T done = work.get();
      Telemetry.step(Step.STORES);
      return done;
    } finally {
      step.duration().ifPresent(metric -> since(metric, start));
    }
  }

  /**
   * Records the time since then.
   *
   * @param startNanos what {@link System#nanoTime} returned
   */
  public void since(Metric metric, long startNanos) {
    add(metric, (System.nanoTime() - startNanos) / 1e6);
  }

  /** Records a level, which replaces the one before. */
  public synchronized void gauge(Metric metric, long value) {
    plain.put(metric, new ArrayList<>(List.of((double) value)));
  }

  /** The sum of what was added, in the metric's unit. */
  public synchronized double total(Metric metric) {
    return plain.getOrDefault(metric, List.of()).stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Writes the measurements and clears them. */
  synchronized void flush() {
    try {
      send();
    } catch (RuntimeException e) {
      LOG.warn("failed to send metrics", e); // must not fail the invocation
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
        line.addMetric(metric.label(), value, unit(metric));
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
                  part.addMetric(metric.label(), count, unit(metric));
                  part.flush();
                }));
  }

  private static MetricUnit unit(Metric metric) {
    return switch (metric.unit()) {
      case COUNT -> MetricUnit.COUNT;
      case MILLISECONDS -> MetricUnit.MILLISECONDS;
      case SECONDS -> MetricUnit.SECONDS;
    };
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
