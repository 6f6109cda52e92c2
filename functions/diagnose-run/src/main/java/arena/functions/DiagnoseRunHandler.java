package arena.functions;

import arena.http.DiagnosisRoutes;
import arena.runtime.HttpHandler;
import java.util.Map;

/** Reports why a run does not end, and ends it for an operator. */
public final class DiagnoseRunHandler extends HttpHandler {
  /** As Lambda makes it. */
  public DiagnoseRunHandler() {
    this(System.getenv());
  }

  /** With this environment. */
  public DiagnoseRunHandler(Map<String, String> environment) {
    this(DiagnoseRunWiring.of(environment));
  }

  private DiagnoseRunHandler(DiagnoseRunWiring wiring) {
    super(wiring.telemetry(), DiagnosisRoutes.over(wiring.routes()));
  }
}
