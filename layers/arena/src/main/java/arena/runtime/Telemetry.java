package arena.runtime;

import arena.broker.ConnectionId;
import arena.error.ErrorKind;
import arena.metrics.Metric;
import arena.metrics.Step;
import arena.run.RunId;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.MDC;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;
import software.amazon.lambda.powertools.logging.argument.StructuredArgument;
import software.amazon.lambda.powertools.logging.argument.StructuredArguments;

/**
 * Structured logging and metrics of a function. Defines the names of the log fields that queries
 * use.
 */
public final class Telemetry {
  private final String function;
  private final String service;
  private final EmfMetrics metrics;

  /** Whether no event was handled yet; the library's own flag is also cleared by a rehearsal. */
  private final AtomicBoolean first = new AtomicBoolean(true);

  /**
   * @param function such as {@code replay-turn}
   */
  public Telemetry(String function, Settings settings) {
    this.function = function;
    this.service = settings.service();
    this.metrics = new EmfMetrics(settings.metricsNamespace(), service);
  }

  /**
   * Runs a handler's work with the log fields set, then sends the metrics, also after a failure.
   * Powertools finds the X-Ray trace id where each version of the runtime puts it.
   */
  public <T> T during(Context context, Supplier<T> work) {
    return PowertoolsLogging.withLogging(
        context,
        () -> {
          MDC.put("function", function);
          MDC.put("service", service);
          MDC.put("cold_start", Boolean.toString(first.getAndSet(false)));
          try {
            return work.get();
          } finally {
            metrics.flush();
            MDC.clear();
          }
        });
  }

  /** The metrics of the current invocation. */
  public EmfMetrics metrics() {
    return metrics;
  }

  /** Sets the run of further log lines. */
  public static void run(RunId runId) {
    MDC.put("run_id", runId.value());
  }

  /** Sets the run of further log lines from a request's path or query. */
  public static void runOf(APIGatewayV2HTTPEvent request) {
    run(request.getPathParameters());
    run(request.getQueryStringParameters());
  }

  private static void run(Map<String, String> parameters) {
    if (parameters != null) {
      RunId.parse(parameters.get("run_id")).ifPresent(Telemetry::run);
    }
  }

  /** Sets the turn of further log lines. */
  public static void turn(int t) {
    MDC.put("t", Integer.toString(t));
  }

  /** Sets the connection of further log lines. */
  public static void connection(ConnectionId connectionId) {
    MDC.put("connection_id", connectionId.value());
  }

  /** Sets the step of further log lines, so that a failure shows where it happened. */
  static void step(Step step) {
    MDC.put("step", step.label());
  }

  /** Returns a metric's total as a log field; the names of durations end in their unit. */
  public StructuredArgument field(Metric metric) {
    double total = metrics.total(metric);
    return switch (metric.unit()) {
      case MILLISECONDS ->
          StructuredArguments.entry(metric.label() + "_ms", Math.round(total * 1000) / 1000.0);
      case SECONDS -> StructuredArguments.entry(metric.label() + "_s", Math.round(total));
      default -> StructuredArguments.entry(metric.label(), Math.round(total));
    };
  }

  /** Counts a failure by cause, and sets the cause of further log lines. */
  public void failed(Throwable thrown) {
    ErrorKind cause = ErrorKind.of(thrown).cause();
    MDC.put("cause", cause.label());
    metrics.count(Metric.ERRORS, cause);
  }
}
