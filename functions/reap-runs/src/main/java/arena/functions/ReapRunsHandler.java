package arena.functions;

import arena.catalog.ReaperSummary;
import arena.comparison.ResumeComparisons;
import arena.json.Json;
import arena.lifecycle.Reaper;
import arena.metrics.Metric;
import arena.runtime.EmfMetrics;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the reaper on a schedule: frees the broker's memory of ended and stalled runs, and deletes
 * orphaned keys and connections. It needs nothing of the event, so it does not read it.
 */
@NullMarked
public final class ReapRunsHandler implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ReapRunsHandler.class);

  /** Reserved for the item in progress at the deadline, with every call at its timeout. */
  private static final Duration MARGIN = Duration.ofSeconds(45);

  /** The part of the time that comparisons may take. */
  private static final int COMPARISONS_SHARE = 10;

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
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    ObjectNode report =
        telemetry.during(
            context,
            () -> {
              try {
                return reap(
                    Instant.now().plusMillis(context.getRemainingTimeInMillis()).minus(MARGIN));
              } catch (RuntimeException e) {
                telemetry.failed(e);
                LOG.error("reaper failed", e);
                throw e;
              }
            });
    output.write(Json.write(report).getBytes(StandardCharsets.UTF_8));
  }

  private ObjectNode reap(Instant deadline) {
    ResumeComparisons.Report comparisons = resumeComparisons(deadline);
    Reaper.Report report = wiring.reaper().get().reap(deadline);
    EmfMetrics metrics = telemetry.metrics();
    report.actions().forEach(action -> metrics.count(Metric.REAPER_ACTIONS, action.kind()));
    int failed = report.failed() + comparisons.failed();
    metrics.gauge(Metric.REAPER_FAILURES, failed);
    metrics.gauge(Metric.RUNS_OPEN, wiring.catalog().get().counters().runsOpen());
    metrics.gauge(Metric.LONGEST_SILENCE, report.longestSilence().toSeconds());
    save(report.summary(Instant.now()));
    LOG.info(
        "reaper finished",
        telemetry.field(Metric.REAPER_ACTIONS),
        telemetry.field(Metric.REAPER_FAILURES),
        telemetry.field(Metric.RUNS_OPEN),
        telemetry.field(Metric.LONGEST_SILENCE));
    return Json.object()
        .put("runs", report.runs().reaped().size())
        .put("strays", report.orphans().reaped().size())
        .put("connections", report.connections().reaped().size())
        .put("comparisons", comparisons.resumed())
        .put("failed", failed);
  }

  /**
   * Resumes comparisons first: runs that were created for a cell make progress only then. It has a
   * tenth of the time, and the reaper goes on if it fails.
   */
  private ResumeComparisons.Report resumeComparisons(Instant deadline) {
    Instant now = Instant.now();
    try {
      return wiring
          .resumeComparisons()
          .get()
          .resume(now.plus(Duration.between(now, deadline).dividedBy(COMPARISONS_SHARE)));
    } catch (RuntimeException e) {
      LOG.error("failed to resume comparisons", e);
      return new ResumeComparisons.Report(0, 1);
    }
  }

  /** Keeps the summary for operators; the reaper's work does not depend on it. */
  private void save(ReaperSummary summary) {
    try {
      wiring.summaries().get().save(summary);
    } catch (RuntimeException e) {
      LOG.error("reaper summary was not saved", e);
    }
  }
}
