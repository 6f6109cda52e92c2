package arena.functions;

import arena.http.ComparisonRoutes;
import arena.runtime.HttpHandler;
import arena.runtime.Rehearsal;
import arena.runtime.RehearsedEvents;
import arena.runtime.RehearsedRun;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Handles the requests that create, cancel and extend experiments and races. */
@NullMarked
public final class CreateComparisonHandler extends HttpHandler {
  @SuppressWarnings("UnusedVariable") // kept, because the runtime refers to it weakly
  private @Nullable Rehearsal rehearsal;

  /** Called by Lambda. */
  public CreateComparisonHandler() {
    this(System.getenv());
    rehearsal =
        Rehearsal.beforeSnapshot(
            System.getenv(),
            CreateComparisonHandler::new,
            Rehearsal.Scene.ARCHIVED,
            () ->
                List.of(
                    RehearsedEvents.post(
                        "/experiments",
                        "{\"parent_run_id\":\"%s\",\"parent_t\":1,\"arms\":[{\"name\":\"a\"},{\"name\":\"b\",\"mutation\":{\"food\":1500}}],\"n_turns\":1}"
                            .formatted(RehearsedRun.ID)),
                    RehearsedEvents.post(
                        "/races",
                        "{\"profiles\":[{\"name\":\"a\"},{\"name\":\"b\",\"model\":\"scripted:boom\"}],\"n_turns\":1}")));
  }

  /** Creates a handler with the given environment variables. */
  public CreateComparisonHandler(Map<String, String> environment) {
    this(CreateComparisonWiring.of(environment));
  }

  private CreateComparisonHandler(CreateComparisonWiring wiring) {
    super(
        wiring.telemetry(),
        ComparisonRoutes.over(wiring.idempotentRequests(), wiring.create(), wiring.cancel()),
        wiring.callLimits());
  }
}
