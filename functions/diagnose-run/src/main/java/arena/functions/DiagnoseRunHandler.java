package arena.functions;

import arena.http.DiagnosisRoutes;
import arena.runtime.HttpHandler;
import arena.runtime.Rehearsal;
import arena.runtime.RehearsedEvents;
import arena.runtime.RehearsedRun;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Diagnoses, reports on and stops runs. */
@NullMarked
public final class DiagnoseRunHandler extends HttpHandler {
  @SuppressWarnings("UnusedVariable") // kept, because the runtime refers to it weakly
  private @Nullable Rehearsal rehearsal;

  /** Called by Lambda. */
  public DiagnoseRunHandler() {
    this(System.getenv());
    rehearsal =
        Rehearsal.beforeSnapshot(
            System.getenv(),
            DiagnoseRunHandler::new,
            Rehearsal.Scene.RUNNING,
            () ->
                List.of(
                    RehearsedEvents.get(
                        "/runs/{run_id}/diagnosis",
                        Map.of("run_id", RehearsedRun.ID.value()),
                        Map.of())));
  }

  /** Creates a handler with the given environment variables. */
  public DiagnoseRunHandler(Map<String, String> environment) {
    this(DiagnoseRunWiring.of(environment));
  }

  private DiagnoseRunHandler(DiagnoseRunWiring wiring) {
    super(wiring.telemetry(), DiagnosisRoutes.over(wiring.routes()), wiring.callLimits());
  }
}
