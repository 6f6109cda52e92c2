package arena.functions;

import arena.http.ConsoleRoutes;
import arena.runtime.HttpHandler;
import java.util.Map;
import org.jspecify.annotations.NullMarked;

/** Serves the console, the description of the HTTP interface, and what the deployment offers. */
@NullMarked
public final class ServeConsoleHandler extends HttpHandler {
  /** Called by Lambda. */
  public ServeConsoleHandler() {
    this(System.getenv());
  }

  /** Creates a handler with the given environment variables. */
  public ServeConsoleHandler(Map<String, String> environment) {
    this(ServeConsoleWiring.of(environment));
  }

  private ServeConsoleHandler(ServeConsoleWiring wiring) {
    super(wiring.telemetry(), ConsoleRoutes.over(wiring.files(), wiring.deployment()));
  }
}
