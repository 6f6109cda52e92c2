package arena.http;

import arena.diagnosis.Cause;
import arena.diagnosis.Collector;
import arena.diagnosis.Diagnosis;
import arena.diagnosis.DiagnosisJson;
import arena.diagnosis.DiagnosisText;
import arena.lifecycle.StopRun;
import arena.run.Run;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.function.Supplier;

/** The calls that say why a run does not end, and the one that ends it. */
public final class DiagnosisRoutes {
  private final Supplier<Collector> collector;
  private final Supplier<StopRun> stopRun;

  private DiagnosisRoutes(Supplier<Collector> collector, Supplier<StopRun> stopRun) {
    this.collector = collector;
    this.stopRun = stopRun;
  }

  /** All of them, by route key; what they need is made when the first call needs it. */
  public static Map<String, Router.Route> over(
      Supplier<Collector> collector, Supplier<StopRun> stopRun) {
    DiagnosisRoutes routes = new DiagnosisRoutes(collector, stopRun);
    return Map.of(
        "GET /runs/{run_id}/diagnosis", routes::diagnosis,
        "POST /runs/{run_id}/stop", routes::stop);
  }

  private Answer diagnosis(Request request) {
    request.allowQuery();
    String runId = request.pathRunId();
    Diagnosis diagnosis = collector.get().diagnose(runId, request.url(), false);
    boolean unknown = diagnosis.main().cause() == Cause.NO_SUCH_RUN;
    int status = unknown ? 404 : 200;
    if (request.wantsText()) {
      return Answer.ofPlainText(status, DiagnosisText.write(diagnosis));
    }
    ObjectNode json = DiagnosisJson.write(diagnosis);
    if (unknown) {
      json.putObject("error").put("code", "unknown_run").put("message", "there is no run " + runId);
    }
    return Answer.ofText(status, json.toString());
  }

  private Answer stop(Request request) {
    request.allowQuery();
    String runId = request.pathRunId();
    Run run =
        stopRun
            .get()
            .stop(runId)
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "run_ended", "the run has ended already, and not by a stop", "run_id"));
    return Answer.of(
        202,
        out -> {
          out.writeStartObject();
          out.writeStringField("run_id", run.runId());
          out.writeStringField("status", run.status().label());
          out.writeObjectFieldStart("error");
          out.writeStringField("code", run.failure().orElseThrow().code());
          out.writeStringField("message", run.failure().orElseThrow().message());
          out.writeEndObject();
          out.writeEndObject();
        });
  }
}
