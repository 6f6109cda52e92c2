package arena.functions;

import arena.http.CreateRoutes;
import arena.http.Router;
import arena.runtime.Services;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.Map;

/** Branches a run from a turn of another: {@code POST /forks}. */
public final class CreateForkHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
  private final Telemetry telemetry;
  private final Router router;

  /** As Lambda makes it. */
  public CreateForkHandler() {
    this(System.getenv());
  }

  /** With this environment. */
  public CreateForkHandler(Map<String, String> environment) {
    Services services = new Services(environment);
    telemetry = services.telemetry("create-fork");
    router =
        new Router(
            Map.of(
                "POST /forks",
                CreateRoutes.forks(
                    request -> services.createFork().create(request),
                    run -> services.archive().address(run))));
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    return telemetry.during(context, () -> router.answer(event, context.getAwsRequestId()));
  }
}
