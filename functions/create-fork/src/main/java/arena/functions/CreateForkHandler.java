package arena.functions;

import arena.http.CreateRoutes;
import arena.run.ForkRequest;
import arena.run.Run;
import arena.run.RunId;
import arena.runtime.HttpHandler;
import arena.runtime.Rehearsal;
import arena.runtime.RehearsedEvents;
import arena.runtime.RehearsedRun;
import arena.runtime.Telemetry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.logging.argument.StructuredArguments;

/** Handles {@code POST /forks}. */
@NullMarked
public final class CreateForkHandler extends HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(CreateForkHandler.class);

  @SuppressWarnings("UnusedVariable") // kept, because the runtime refers to it weakly
  private @Nullable Rehearsal rehearsal;

  /** Called by Lambda. */
  public CreateForkHandler() {
    this(System.getenv());
    rehearsal =
        Rehearsal.beforeSnapshot(
            System.getenv(),
            CreateForkHandler::new,
            Rehearsal.Scene.ARCHIVED,
            () ->
                List.of(
                    RehearsedEvents.post(
                        "/forks",
                        "{\"parent_run_id\":\"%s\",\"parent_t\":1,\"mutation\":{\"food\":1500},\"n_turns\":1}"
                            .formatted(RehearsedRun.ID))));
  }

  /** Creates a handler with the given environment variables. */
  public CreateForkHandler(Map<String, String> environment) {
    this(CreateForkWiring.of(environment));
  }

  private CreateForkHandler(CreateForkWiring wiring) {
    super(
        wiring.telemetry(),
        Map.of(
            "POST /forks",
            CreateRoutes.forks(
                wiring.idempotentRequests(),
                (id, body, begin) -> wiring.creationRecorder().get().record(id, body, begin),
                (request, runId) -> create(wiring, request, runId),
                child -> wiring.archive().get().address(child))),
        wiring.callLimits());
  }

  private static Run create(CreateForkWiring wiring, ForkRequest request, RunId runId) {
    Telemetry.run(runId);
    Run child = wiring.createFork().get().create(request, runId);
    LOG.info(
        "fork created",
        StructuredArguments.entry("parent_run_id", request.parentRunId().value()),
        StructuredArguments.entry("parent_t", request.parentT()),
        StructuredArguments.entry("n_turns", child.nTurns()),
        StructuredArguments.entry("model", child.profile().model()));
    return child;
  }
}
