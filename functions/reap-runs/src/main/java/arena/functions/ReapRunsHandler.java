package arena.functions;

import arena.lifecycle.Reaping;
import arena.runtime.Services;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
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

  private final Services services;
  private final Telemetry telemetry;

  /** As Lambda makes it. */
  public ReapRunsHandler() {
    this(System.getenv());
  }

  /** With this environment. */
  public ReapRunsHandler(Map<String, String> environment) {
    services = new Services(environment);
    telemetry = services.telemetry("reap-runs");
  }

  @Override
  public Map<String, Integer> handleRequest(ScheduledEvent event, Context context) {
    return telemetry.during(
        context,
        () -> {
          try {
            return reap(Instant.now().plusMillis(context.getRemainingTimeInMillis()).minus(MARGIN));
          } catch (RuntimeException e) {
            LOG.error("reaping failed", e);
            throw e;
          }
        });
  }

  private Map<String, Integer> reap(Instant deadline) {
    // A run that goes silent is one that somebody waits for, so runs come first.
    Reaping runs = services.reapRuns().reap(deadline);
    Reaping strays = services.reapStrays().reap(deadline);
    Reaping connections = services.reapConnections().reap(deadline);
    telemetry.gauge("runs_open", services.catalog().countRunning());
    return Map.of(
        "runs", runs.reaped().size(),
        "strays", strays.reaped().size(),
        "connections", connections.reaped().size(),
        "failed", runs.failed() + strays.failed() + connections.failed());
  }
}
