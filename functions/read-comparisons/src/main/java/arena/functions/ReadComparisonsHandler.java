package arena.functions;

import arena.http.ComparisonReadRoutes;
import arena.runtime.HttpHandler;
import arena.runtime.Rehearsal;
import arena.runtime.RehearsedEvents;
import arena.runtime.RehearsedRun;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Serves the routes that read experiments, races and rankings. */
@NullMarked
public final class ReadComparisonsHandler extends HttpHandler {
  @SuppressWarnings("UnusedVariable") // kept, because the runtime refers to it weakly
  private @Nullable Rehearsal rehearsal;

  /** Called by Lambda. */
  public ReadComparisonsHandler() {
    this(System.getenv());
    rehearsal =
        Rehearsal.beforeSnapshot(
            System.getenv(),
            ReadComparisonsHandler::new,
            Rehearsal.Scene.EMPTY,
            () ->
                List.of(
                    RehearsedEvents.get(
                        "/experiments/{experiment_id}",
                        Map.of("experiment_id", RehearsedRun.ID.value()),
                        Map.of()),
                    RehearsedEvents.get("/experiments", Map.of(), Map.of()),
                    RehearsedEvents.get("/races", Map.of(), Map.of()),
                    RehearsedEvents.get("/rankings", Map.of(), Map.of("source", "runs"))));
  }

  /** Creates a handler with the given environment variables. */
  public ReadComparisonsHandler(Map<String, String> environment) {
    this(ReadComparisonsWiring.of(environment));
  }

  private ReadComparisonsHandler(ReadComparisonsWiring wiring) {
    super(wiring.telemetry(), ComparisonReadRoutes.over(wiring.queries()), wiring.callLimits());
  }
}
