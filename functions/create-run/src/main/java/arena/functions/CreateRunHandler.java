package arena.functions;

import arena.http.CreateRoutes;
import arena.http.IdempotentRequests;
import arena.http.Router;
import arena.run.Run;
import arena.run.RunRequest;
import arena.runtime.Services;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a run: {@code POST /runs}. */
public final class CreateRunHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
  private static final Logger LOG = LoggerFactory.getLogger(CreateRunHandler.class);

  private final Services services;
  private final Telemetry telemetry;
  private final Router router;

  /** As Lambda makes it. */
  public CreateRunHandler() {
    this(System.getenv());
  }

  /** With this environment. */
  public CreateRunHandler(Map<String, String> environment) {
    services = new Services(environment);
    telemetry = services.telemetry("create-run");
    router =
        new Router(
            Map.of(
                "POST /runs",
                CreateRoutes.runs(
                    new IdempotentRequests(services::idempotency),
                    (id, body, begin) -> services.creationRecorder().record(id, body, begin),
                    this::create)),
            telemetry::failed);
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    return telemetry.during(context, () -> router.handle(event, context.getAwsRequestId()));
  }

  private Run create(RunRequest request, String runId) {
    Telemetry.run(runId);
    Run run = services.createRun().create(request, runId);
    LOG.info("run of {} turns begins, played by {}", run.nTurns(), run.profile().model());
    return run;
  }
}
