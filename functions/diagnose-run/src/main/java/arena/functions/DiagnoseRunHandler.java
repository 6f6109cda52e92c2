package arena.functions;

import arena.http.DiagnosisRoutes;
import arena.runtime.HttpHandler;
import java.util.Map;
import org.jspecify.annotations.NullMarked;

/** Diagnoses, reports on and stops runs. */
@NullMarked
public final class DiagnoseRunHandler extends HttpHandler {
  /** Called by Lambda. */
  public DiagnoseRunHandler() {
    this(System.getenv());
  }

  /** Creates a handler with the given environment variables. */
  public DiagnoseRunHandler(Map<String, String> environment) {
    this(DiagnoseRunWiring.of(environment));
  }

  private DiagnoseRunHandler(DiagnoseRunWiring wiring) {
    super(wiring.telemetry(), DiagnosisRoutes.over(wiring.routes()));
  }
}
