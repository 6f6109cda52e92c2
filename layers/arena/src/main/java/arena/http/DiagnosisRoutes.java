package arena.http;

import arena.access.Principal;
import arena.diagnosis.ActiveReplays;
import arena.diagnosis.BugReport;
import arena.diagnosis.Cause;
import arena.diagnosis.Diagnosis;
import arena.diagnosis.DiagnosisJson;
import arena.diagnosis.DiagnosisText;
import arena.diagnosis.FactCollector;
import arena.diagnosis.HttpInterface;
import arena.diagnosis.Operations;
import arena.json.Json;
import arena.lifecycle.StopRun;
import arena.run.Run;
import arena.run.RunId;
import arena.text.Redactor;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.function.Supplier;

/** The routes that diagnose, report on and stop runs, and show the state of the service. */
public final class DiagnosisRoutes {
  private final Parts parts;

  private DiagnosisRoutes(Parts parts) {
    this.parts = parts;
  }

  /** The routes' dependencies, created lazily. */
  public record Parts(
      Supplier<FactCollector> collector,
      Supplier<ActiveReplays> activeReplays,
      Supplier<Operations> operations,
      Supplier<BugReport> report,
      Supplier<StopRun> stopRun,
      Redactor redactor) {}

  /** Returns the routes by route key. */
  public static Map<String, Router.Route> over(Parts parts) {
    DiagnosisRoutes routes = new DiagnosisRoutes(parts);
    return Map.of(
        "GET /runs/{run_id}/diagnosis", routes::diagnosis,
        "GET /runs/{run_id}/report", routes::report,
        "GET /replays", routes::replays,
        "GET /operations", routes::operations,
        "POST /runs/{run_id}/stop", routes::stop);
  }

  private Response diagnosis(Request request) {
    request.allowQuery();
    RunId runId = request.pathRunId();
    Diagnosis diagnosis = parts.collector().get().diagnose(runId, http(request), false);
    boolean unknown = diagnosis.main().cause() == Cause.NO_SUCH_RUN;
    int status = unknown ? 404 : 200;
    if (request.wantsText()) {
      return Response.ofPlainText(status, DiagnosisText.write(diagnosis, parts.redactor()));
    }
    ObjectNode json = DiagnosisJson.write(diagnosis, parts.redactor());
    if (unknown) {
      json.putObject("error").put("code", "unknown_run").put("message", "unknown run " + runId);
    }
    return Response.of(status, json);
  }

  /**
   * The interface that this request came to; without authorization, its caller is the local one.
   */
  private static HttpInterface http(Request request) {
    boolean open = request.caller().filter(Principal.LOCAL::equals).isPresent();
    return new HttpInterface(request.url(), !open);
  }

  private Response replays(Request request) {
    request.allowQuery("limit");
    int limit =
        Math.toIntExact(
            request.integerQuery("limit", 1, ActiveReplays.MAX_REPLAYS, ActiveReplays.MAX_REPLAYS));
    ActiveReplays.Snapshot replays = parts.activeReplays().get().list(limit);
    return request.wantsText()
        ? Response.ofPlainText(200, replays.text(parts.redactor()))
        : Response.ofText(200, replays.json(parts.redactor()));
  }

  private Response operations(Request request) {
    request.allowQuery();
    return Response.ofText(200, parts.operations().get().read().json(parts.redactor()));
  }

  private Response report(Request request) {
    request.allowQuery();
    RunId runId = request.pathRunId();
    return Response.ofText(200, parts.report().get().write(runId, http(request)))
        .with("content-disposition", "attachment; filename=\"report-%s.json\"".formatted(runId));
  }

  private Response stop(Request request) {
    request.allowQuery();
    RunId runId = request.pathRunId();
    Run run =
        parts
            .stopRun()
            .get()
            .stop(runId)
            .orElseThrow(
                () -> ApiException.conflict("run_ended", "the run has already ended", "run_id"));
    ObjectNode json =
        Json.object().put("run_id", run.runId().value()).put("status", run.status().label());
    return Response.of(202, json.set("error", RunJson.failure(run.failure().orElseThrow())));
  }
}
