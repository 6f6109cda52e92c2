package arena.runtime;

import arena.json.Json;
import arena.metrics.LabelNames;
import arena.metrics.Metric;
import arena.metrics.Metrics;
import arena.metrics.Step;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    if (!plain.isEmpty()) {
      System.out.println(line(Map.of(), plain));
    }
    divided.forEach(
        (metric, counts) ->
            counts.forEach(
                (value, count) ->
                    System.out.println(
                        line(
                            Map.of(metric.dimension().orElseThrow(), value),
                            Map.of(metric, List.of(count))))));
  }

  /**
   * Formats a line: a definition of its metrics, then their values and those of the dimensions. See
   * "Specification: Embedded metric format" in the CloudWatch user guide.
   */
  private String line(Map<String, String> dimensions, Map<Metric, List<Double>> metrics) {
    ObjectNode json = Json.object();
    ObjectNode metadata = json.putObject("_aws").put("Timestamp", System.currentTimeMillis());
    ObjectNode directive = metadata.putArray("CloudWatchMetrics").addObject();
    directive.put("Namespace", namespace);
    ArrayNode names = directive.putArray("Dimensions").addArray().add(SERVICE);
    ArrayNode definitions = directive.putArray("Metrics");
    json.put(SERVICE, service);
    dimensions.forEach(
        (name, value) -> {
          names.add(name);
          json.put(name, value);
        });
    metrics.forEach(
        (metric, values) -> {
          definitions.addObject().put("Name", metric.label()).put("Unit", unit(metric));
          if (values.size() == 1) {
            json.put(metric.label(), values.getFirst());
          } else {
            values.forEach(json.putArray(metric.label())::add);
          }
        });
    return Json.write(json);
  }

  private static String unit(Metric metric) {
    return switch (metric.unit()) {
      case COUNT -> "Count";
      case MILLISECONDS -> "Milliseconds";
      case SECONDS -> "Seconds";
    };
  }
}
