package arena.functions;

import arena.lifecycle.ReapReport;
import arena.metrics.Metric;
import arena.run.RunStatus;
import arena.runtime.EmfMetrics;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
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

  /** Maximum number of runs checked for the longest silence, oldest first. */
  private static final int MAX_RUNS = 1_000;

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
    // Runs first: clients wait for stalled ones.
    ReapReport runs = wiring.reapRuns().get().reap(deadline);
    ReapReport orphans = wiring.reapOrphans().get().reap(deadline);
    ReapReport connections = wiring.reapConnections().get().reap(deadline);
    int failed = runs.failed() + orphans.failed() + connections.failed();
    EmfMetrics metrics = telemetry.metrics();
    Stream.of(runs, orphans, connections)
        .flatMap(report -> report.reaped().stream())
        .forEach(action -> metrics.count(Metric.REAPER_ACTIONS, action.kind()));
    metrics.gauge(Metric.REAPER_FAILURES, failed);
    metrics.gauge(Metric.RUNS_OPEN, wiring.catalog().get().counters().runsOpen());
    metrics.gauge(Metric.LONGEST_SILENCE, longestSilence().toSeconds());
    LOG.info(
        "reaper finished",
        telemetry.field(Metric.REAPER_ACTIONS),
        telemetry.field(Metric.REAPER_FAILURES),
        telemetry.field(Metric.RUNS_OPEN),
        telemetry.field(Metric.LONGEST_SILENCE));
    return Map.of(
        "runs", runs.reaped().size(),
        "strays", orphans.reaped().size(),
        "connections", connections.reaped().size(),
        "failed", failed);
  }

  /** Returns the longest time since the last event of a running run. */
  private Duration longestSilence() {
    Instant now = Instant.now();
    return wiring.catalog().get().held(MAX_RUNS).stream()
        .filter(run -> run.status() == RunStatus.RUNNING)
        .map(run -> Duration.between(run.lastTs().orElse(run.createdAt()), now))
        .max(Comparator.naturalOrder())
        .filter(Duration::isPositive)
        .orElse(Duration.ZERO);
  }
}
