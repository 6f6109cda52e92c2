package arena.functions;

import arena.http.ReadRoutes;
import arena.runtime.HttpHandler;
import java.util.Map;
import org.jspecify.annotations.NullMarked;

/** Serves the read-only routes: runs, events and counters. */
@NullMarked
public final class ReadRunsHandler extends HttpHandler {
  /** Called by Lambda. */
  public ReadRunsHandler() {
    this(System.getenv());
  }

  /** Creates a handler with the given environment variables. */
  public ReadRunsHandler(Map<String, String> environment) {
    this(ReadRunsWiring.of(environment));
  }

  private ReadRunsHandler(ReadRunsWiring wiring) {
    super(wiring.telemetry(), ReadRoutes.over(wiring.queries()));
  }
}
