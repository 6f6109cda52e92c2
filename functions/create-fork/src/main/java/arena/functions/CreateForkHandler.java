package arena.functions;

import arena.http.CreateRoutes;
import arena.http.IdempotentRequests;
import arena.http.Router;
import arena.run.ForkRequest;
import arena.run.Run;
import arena.runtime.Services;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Branches a run from a turn of another: {@code POST /forks}. */
public final class CreateForkHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
  private static final Logger LOG = LoggerFactory.getLogger(CreateForkHandler.class);

  private final Services services;
  private final Telemetry telemetry;
  private final Router router;

  /** As Lambda makes it. */
  public CreateForkHandler() {
    this(System.getenv());
  }

  /** With this environment. */
  public CreateForkHandler(Map<String, String> environment) {
    services = new Services(environment);
    telemetry = services.telemetry("create-fork");
    router =
        new Router(
            Map.of(
                "POST /forks",
                CreateRoutes.forks(
                    new IdempotentRequests(services::idempotency),
                    (id, body, begin) -> services.creationRecorder().record(id, body, begin),
                    this::create,
                    child -> services.archive().address(child))),
            telemetry::failed);
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    return telemetry.during(context, () -> router.handle(event, context.getAwsRequestId()));
  }

  private Run create(ForkRequest request, String runId) {
    Telemetry.run(runId);
    Run child = services.createFork().create(request, runId);
    LOG.info(
        "fork of run {} at turn {} begins: {} turns, played by {}",
        request.parentRunId(),
        request.parentT(),
        child.nTurns(),
        child.profile().model());
    return child;
  }
}
