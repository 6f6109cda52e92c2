package arena.functions;

import arena.runtime.HttpHandler;
import arena.runtime.Rehearsal;
import arena.runtime.RehearsedEvents;
import arena.runtime.RehearsedRun;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Serves the read-only routes: runs, events and counters. */
@NullMarked
public final class ReadRunsHandler extends HttpHandler {
  @SuppressWarnings("UnusedVariable") // kept, because the runtime refers to it weakly
  private @Nullable Rehearsal rehearsal;

  /** Called by Lambda. */
  public ReadRunsHandler() {
    this(System.getenv());
    rehearsal =
        Rehearsal.beforeSnapshot(
            System.getenv(),
            ReadRunsHandler::new,
            Rehearsal.Scene.ARCHIVED,
            () ->
                List.of(
                    RehearsedEvents.get(
                        "/events", Map.of(), Map.of("run_id", RehearsedRun.ID.value())),
                    RehearsedEvents.get(
                        "/runs/{run_id}", Map.of("run_id", RehearsedRun.ID.value()), Map.of()),
                    RehearsedEvents.get("/runs", Map.of(), Map.of())));
  }

  /** Creates a handler with the given environment variables. */
  public ReadRunsHandler(Map<String, String> environment) {
    this(ReadRunsWiring.of(environment));
  }

  private ReadRunsHandler(ReadRunsWiring wiring) {
    super(wiring.telemetry(), wiring.routes(), wiring.callLimits());
  }
}
