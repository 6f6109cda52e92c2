package arena.functions;

import arena.lifecycle.Reaper;
import arena.metrics.Metric;
import arena.runtime.EmfMetrics;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the reaper on a schedule: frees the broker's memory of ended and stalled runs, and deletes
 * orphaned keys and connections.
 */
@NullMarked
public final class ReapRunsHandler implements RequestHandler<ScheduledEvent, Map<String, Integer>> {
  private static final Logger LOG = LoggerFactory.getLogger(ReapRunsHandler.class);

  /** Reserved for the item in progress at the deadline, with every call at its timeout. */
  private static final Duration MARGIN = Duration.ofSeconds(45);

  private final ReapRunsWiring wiring;
  private final Telemetry telemetry;

  /** Called by Lambda. */
  public ReapRunsHandler() {
    this(System.getenv());
  }

  /** Creates a handler with the given environment variables. */
  public ReapRunsHandler(Map<String, String> environment) {
    wiring = ReapRunsWiring.of(environment);
    telemetry = wiring.telemetry();
  }

  @Override
  public Map<String, Integer> handleRequest(ScheduledEvent event, Context context) {
    return telemetry.during(
        context,
        () -> {
          try {
            return reap(Instant.now().plusMillis(context.getRemainingTimeInMillis()).minus(MARGIN));
          } catch (RuntimeException e) {
            telemetry.failed(e);
            LOG.error("reaper failed", e);
            throw e;
          }
        });
  }

  private Map<String, Integer> reap(Instant deadline) {
    Reaper.Report report = wiring.reaper().get().reap(deadline);
    EmfMetrics metrics = telemetry.metrics();
    Stream.of(report.runs(), report.orphans(), report.connections())
        .flatMap(part -> part.reaped().stream())
        .forEach(action -> metrics.count(Metric.REAPER_ACTIONS, action.kind()));
    metrics.gauge(Metric.REAPER_FAILURES, report.failed());
    metrics.gauge(Metric.RUNS_OPEN, wiring.catalog().get().counters().runsOpen());
    metrics.gauge(Metric.LONGEST_SILENCE, report.longestSilence().toSeconds());
    LOG.info(
        "reaper finished",
        telemetry.field(Metric.REAPER_ACTIONS),
        telemetry.field(Metric.REAPER_FAILURES),
        telemetry.field(Metric.RUNS_OPEN),
        telemetry.field(Metric.LONGEST_SILENCE));
    return Map.of(
        "runs", report.runs().reaped().size(),
        "strays", report.orphans().reaped().size(),
        "connections", report.connections().reaped().size(),
        "failed", report.failed());
  }
}
