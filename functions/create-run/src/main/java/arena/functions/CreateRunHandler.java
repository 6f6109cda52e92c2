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

/** Starts a run: {@code POST /runs}. */
public final class CreateRunHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
  private final Telemetry telemetry;
  private final Router router;

  /** As Lambda makes it. */
  public CreateRunHandler() {
    this(System.getenv());
  }

  /** With this environment. */
  public CreateRunHandler(Map<String, String> environment) {
    Services services = new Services(environment);
    telemetry = services.telemetry("create-run");
    router =
        new Router(
            Map.of(
                "POST /runs", CreateRoutes.runs(request -> services.createRun().create(request))));
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    return telemetry.during(context, () -> router.answer(event, context.getAwsRequestId()));
  }
}
