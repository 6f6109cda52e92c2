package arena.runtime;

import arena.metrics.Metric;
import arena.metrics.Step;
import arena.run.RunId;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.MDC;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;
import software.amazon.lambda.powertools.logging.argument.StructuredArgument;
import software.amazon.lambda.powertools.logging.argument.StructuredArguments;

/**
 * What every function needs at its edge: structured log lines and metrics. The names of the lines'
 * fields are here, in one place: what is asked of the log is asked by them.
 */
public final class Telemetry {
  private static final String TRACE = "xray_trace_id";

  private final String function;
  private final String service;
  private final EmfMetrics metrics;

  /** For this function, such as {@code replay-turn}. */
  public Telemetry(String function, Settings settings) {
    this.function = function;
    this.service = settings.service();
    this.metrics = new EmfMetrics(settings.metricsNamespace(), service);
  }

  /**
   * Does a handler's work; its log lines carry the request's id, the function, and what is added to
   * them. Afterwards what was measured is sent, whether the work was done or failed.
   */
  public <T> T during(Context context, Supplier<T> work) {
    return PowertoolsLogging.withLogging(
        context,
        () -> {
          MDC.put("function", function);
          MDC.put("service", service);
          trace(context);
          try {
            return work.get();
          } finally {
            metrics.flush();
            MDC.clear();
          }
        });
  }

  /** The trace that X-Ray knows the request by, when the runtime told it to the handler alone. */
  private static void trace(Context context) {
    String header = context.getXrayTraceId();
    if (header != null && MDC.get(TRACE) == null) {
      int end = header.indexOf(';');
      MDC.put(TRACE, (end < 0 ? header : header.substring(0, end)).replaceFirst("^Root=", ""));
    }
  }

  /** What is measured during this invocation. */
  public EmfMetrics metrics() {
    return metrics;
  }

  /** The run that the log lines from here on are about. */
  public static void run(String runId) {
    MDC.put("run_id", runId);
  }

  /** The run that a request names in its path or query, if it does. */
  public static void runAskedFor(APIGatewayV2HTTPEvent request) {
    run(request.getPathParameters());
    run(request.getQueryStringParameters());
  }

  private static void run(Map<String, String> parameters) {
    String runId = parameters == null ? "" : parameters.getOrDefault("run_id", "");
    if (RunId.isValid(runId)) {
      run(runId);
    }
  }

  /** The turn that the log lines from here on are about. */
  public static void turn(int t) {
    MDC.put("t", Integer.toString(t));
  }

  /** The connection that the log lines from here on are about. */
  public static void connection(String connectionId) {
    MDC.put("connection_id", connectionId);
  }

  /** What is being done from here on, so that a failure's line tells where it happened. */
  static void step(Step step) {
    MDC.put("step", step.label());
  }

  /**
   * What was measured so far, in sum, as a field of one log line: a time's name ends in its unit.
   */
  public StructuredArgument field(Metric metric) {
    double total = metrics.total(metric);
    return switch (metric.unit()) {
      case MILLISECONDS ->
          StructuredArguments.entry(metric.label() + "_ms", Math.round(total * 1000) / 1000.0);
      case SECONDS -> StructuredArguments.entry(metric.label() + "_s", Math.round(total));
      default -> StructuredArguments.entry(metric.label(), Math.round(total));
    };
  }

  /** Counts a failure by its cause, which the log lines from here on carry. */
  public void failed(Throwable thrown) {
    ErrorCause cause = ErrorCause.of(thrown);
    MDC.put("cause", cause.label());
    metrics.count(Metric.ERRORS, cause);
  }
}
