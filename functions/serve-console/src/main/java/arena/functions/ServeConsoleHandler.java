package arena.functions;

import arena.http.ConsoleRoutes;
import arena.http.ModelRoutes;
import arena.http.Router;
import arena.runtime.HttpHandler;
import arena.runtime.Rehearsal;
import arena.runtime.RehearsedEvents;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the console, the description of the HTTP interface, and what the deployment offers. */
@NullMarked
public final class ServeConsoleHandler extends HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ServeConsoleHandler.class);

  @SuppressWarnings("UnusedVariable") // kept, because the runtime refers to it weakly
  private @Nullable Rehearsal rehearsal;

  /** Called by Lambda. */
  public ServeConsoleHandler() {
    this(System.getenv());
    rehearsal =
        Rehearsal.beforeSnapshot(
            System.getenv(),
            ServeConsoleHandler::new,
            Rehearsal.Scene.EMPTY,
            () ->
                List.of(
                    RehearsedEvents.get("/", Map.of(), Map.of()),
                    RehearsedEvents.get("/deployment", Map.of(), Map.of())));
    if (Rehearsal.isBeforeSnapshot(System.getenv())) {
      checkPresets(ServeConsoleWiring.of(System.getenv()));
    }
  }

  /** Logs why presets cannot be used when a version is deployed, not only when they are read. */
  private static void checkPresets(ServeConsoleWiring wiring) {
    try {
      Optional<String> problem =
          ModelRoutes.presetsProblem(wiring.deployment().models(), wiring.presets());
      problem.ifPresent(
          reason ->
              LOG.atError().addKeyValue("reason", reason).log("deployed presets are invalid"));
    } catch (RuntimeException e) {
      LOG.warn("failed to check presets", e); // a store that is unavailable prevents no deployment
    }
  }

  /** Creates a handler with the given environment variables. */
  public ServeConsoleHandler(Map<String, String> environment) {
    this(ServeConsoleWiring.of(environment));
  }

  private static Map<String, Router.Route> routes(ServeConsoleWiring wiring) {
    Map<String, Router.Route> routes =
        new HashMap<>(ConsoleRoutes.over(wiring.files(), wiring.deployment()));
    routes.putAll(
        ModelRoutes.over(wiring.deployment().models(), wiring.presets(), InstantSource.system()));
    return routes;
  }

  private ServeConsoleHandler(ServeConsoleWiring wiring) {
    super(wiring.telemetry(), routes(wiring));
  }
}
