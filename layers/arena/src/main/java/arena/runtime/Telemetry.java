package arena.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;
import software.amazon.lambda.powertools.metrics.Metrics;
import software.amazon.lambda.powertools.metrics.MetricsFactory;
import software.amazon.lambda.powertools.metrics.model.MetricUnit;

/** What every function needs at its edge: structured log lines and metrics. */
public final class Telemetry {
  private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);

  private final String function;
  private final String namespace;

  /** For this function, such as {@code replay-turn}. */
  public Telemetry(String function, Settings settings) {
    this.function = function;
    this.namespace = settings.metricsNamespace();
  }

  /**
   * Does a handler's work; its log lines carry the request's id, the function, and what is added to
   * them.
   */
  public <T> T during(Context context, Supplier<T> work) {
    return PowertoolsLogging.withLogging(
        context,
        () -> {
          MDC.put("function", function);
          try {
            return work.get();
          } finally {
            MDC.clear();
          }
        });
  }

  /** The run that the log lines from here on are about. */
  public static void run(String runId) {
    MDC.put("run_id", runId);
  }

  /** The turn that the log lines from here on are about. */
  public static void turn(int t) {
    MDC.put("t", Integer.toString(t));
  }

  /** Counts something under one of the names of {@code /metrics}; a count of 0 is not sent. */
  public void count(String name, long count) {
    if (count == 0) {
      return;
    }
    send(name, count);
  }

  /** Tells how many there are of something now. */
  public void gauge(String name, long value) {
    send(name, value);
  }

  private void send(String name, long value) {
    try {
      Metrics metrics = MetricsFactory.getMetricsInstance();
      metrics.setNamespace(namespace);
      metrics.addMetric(name, (double) value, MetricUnit.COUNT);
      metrics.flush();
    } catch (RuntimeException e) {
      LOG.warn("metric {} was not sent", name, e); // work that is done is not undone by its count
    }
  }
}
