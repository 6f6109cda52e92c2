package arena.functions;

import arena.http.ReadRoutes;
import arena.runtime.HttpHandler;
import java.util.Map;

/** Reads runs, events and counters; changes nothing. */
public final class ReadRunsHandler extends HttpHandler {
  /** As Lambda makes it. */
  public ReadRunsHandler() {
    this(System.getenv());
  }

  /** With this environment. */
  public ReadRunsHandler(Map<String, String> environment) {
    this(ReadRunsWiring.of(environment));
  }

  private ReadRunsHandler(ReadRunsWiring wiring) {
    super(wiring.telemetry(), ReadRoutes.over(wiring.queries()));
  }
}
