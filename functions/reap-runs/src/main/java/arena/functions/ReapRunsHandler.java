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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees the broker's memory of runs that ended or went silent, and of what is nobody's, on a
 * schedule.
 */
public final class ReapRunsHandler implements RequestHandler<ScheduledEvent, Map<String, Integer>> {
  private static final Logger LOG = LoggerFactory.getLogger(ReapRunsHandler.class);

  /** Time for the run that is at work when it ends, its calls each at their time-out. */
  private static final Duration MARGIN = Duration.ofSeconds(45);

  /** Most runs looked at for the most silent one, oldest first. */
  private static final int OLDEST = 1_000;

  private final ReapRunsWiring wiring;
  private final Telemetry telemetry;

  /** As Lambda makes it. */
  public ReapRunsHandler() {
    this(System.getenv());
  }

  /** With this environment. */
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
            LOG.error("reaping failed", e);
            throw e;
          }
        });
  }

  private Map<String, Integer> reap(Instant deadline) {
    // A run that goes silent is one that somebody waits for, so runs come first.
    ReapReport runs = wiring.reapRuns().get().reap(deadline);
    ReapReport strays = wiring.reapOrphans().get().reap(deadline);
    ReapReport connections = wiring.reapConnections().get().reap(deadline);
    int failed = runs.failed() + strays.failed() + connections.failed();
    EmfMetrics metrics = telemetry.metrics();
    Stream.of(runs, strays, connections)
        .flatMap(reaping -> reaping.reaped().stream())
        .forEach(done -> metrics.count(Metric.REAPER_ACTIONS, done.kind()));
    metrics.gauge(Metric.REAPER_FAILURES, failed);
    metrics.gauge(Metric.RUNS_OPEN, wiring.catalog().get().countRunning());
    metrics.gauge(Metric.LONGEST_SILENCE, longestSilence().toSeconds());
    LOG.info(
        "reaped",
        telemetry.field(Metric.REAPER_ACTIONS),
        telemetry.field(Metric.REAPER_FAILURES),
        telemetry.field(Metric.RUNS_OPEN),
        telemetry.field(Metric.LONGEST_SILENCE));
    return Map.of(
        "runs", runs.reaped().size(),
        "strays", strays.reaped().size(),
        "connections", connections.reaped().size(),
        "failed", failed);
  }

  /** How long the most silent of the running runs has had no event. */
  private Duration longestSilence() {
    Instant now = Instant.now();
    return wiring.catalog().get().held(OLDEST).stream()
        .filter(run -> run.status() == RunStatus.RUNNING)
        .map(run -> Duration.between(run.lastTs().orElse(run.createdAt()), now))
        .max(Comparator.naturalOrder())
        .filter(Duration::isPositive)
        .orElse(Duration.ZERO);
  }
}
