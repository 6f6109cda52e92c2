package arena.functions;

import arena.http.ConsoleRoutes;
import arena.http.ModelRoutes;
import arena.http.Router;
import arena.runtime.HttpHandler;
import java.time.InstantSource;
import java.util.HashMap;
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

  private static Map<String, Router.Route> routes(ServeConsoleWiring wiring) {
    Map<String, Router.Route> routes =
        new HashMap<>(ConsoleRoutes.over(wiring.files(), wiring.deployment()));
    routes.putAll(ModelRoutes.over(wiring.deployment(), wiring.presets(), InstantSource.system()));
    return routes;
  }

  private ServeConsoleHandler(ServeConsoleWiring wiring) {
    super(wiring.telemetry(), routes(wiring));
  }
}
