package arena.functions;

import arena.http.ReadRoutes;
import arena.http.Router;
import arena.runtime.Services;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.Map;

/** Reads runs, events and counters; changes nothing. */
public final class ReadRunsHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
  private final Telemetry telemetry;
  private final Router router;

  /** As Lambda makes it. */
  public ReadRunsHandler() {
    this(System.getenv());
  }

  /** With this environment. */
  public ReadRunsHandler(Map<String, String> environment) {
    Services services = new Services(environment);
    telemetry = services.telemetry("read-runs");
    router = new Router(ReadRoutes.over(services::runQueries), telemetry::failed);
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    return telemetry.during(
        context,
        () -> {
          Telemetry.runAskedFor(event);
          return router.handle(event, context.getAwsRequestId());
        });
  }
}
