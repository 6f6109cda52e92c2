package arena.functions;

import arena.http.CreateRoutes;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunRequest;
import arena.runtime.HttpHandler;
import arena.runtime.Rehearsal;
import arena.runtime.RehearsedEvents;
import arena.runtime.Telemetry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.logging.argument.StructuredArguments;

/** Handles {@code POST /runs}. */
@NullMarked
public final class CreateRunHandler extends HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(CreateRunHandler.class);

  @SuppressWarnings("UnusedVariable") // kept, because the runtime refers to it weakly
  private @Nullable Rehearsal rehearsal;

  /** Called by Lambda. */
  public CreateRunHandler() {
    this(System.getenv());
    rehearsal =
        Rehearsal.beforeSnapshot(
            System.getenv(),
            CreateRunHandler::new,
            Rehearsal.Scene.EMPTY,
            () ->
                List.of(
                    RehearsedEvents.post("/runs", "{\"scenario\":\"balanced\",\"n_turns\":1}")));
  }

  /** Creates a handler with the given environment variables. */
  public CreateRunHandler(Map<String, String> environment) {
    this(CreateRunWiring.of(environment));
  }

  private CreateRunHandler(CreateRunWiring wiring) {
    super(
        wiring.telemetry(),
        Map.of(
            "POST /runs",
            CreateRoutes.runs(
                wiring.idempotentRequests(),
                (id, body, begin) -> wiring.creationRecorder().get().record(id, body, begin),
                (request, runId) -> create(wiring, request, runId))),
        wiring.callLimits());
  }

  private static Run create(CreateRunWiring wiring, RunRequest request, RunId runId) {
    Telemetry.run(runId);
    Run run = wiring.createRun().get().create(request, runId);
    LOG.info(
        "run created",
        StructuredArguments.entry("n_turns", run.nTurns()),
        StructuredArguments.entry("model", run.profile().model()));
    return run;
  }
}
