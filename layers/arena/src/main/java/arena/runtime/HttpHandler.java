package arena.runtime;

import arena.http.Response;
import arena.http.Router;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.Map;

/** Handles the events of an HTTP API: the base of the functions that serve its routes. */
public abstract class HttpHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
  private final Telemetry telemetry;
  private final Router router;

  /**
   * @param routes by route key, such as {@code GET /runs/{run_id}}
   */
  protected HttpHandler(Telemetry telemetry, Map<String, Router.Route> routes) {
    this.telemetry = telemetry;
    this.router = new Router(routes, telemetry::failed);
    Response.prepare();
  }

  @Override
  public final APIGatewayV2HTTPResponse handleRequest(
      APIGatewayV2HTTPEvent event, Context context) {
    return telemetry.during(
        context,
        () -> {
          Telemetry.runOf(event);
          return router.handle(event, context.getAwsRequestId());
        });
  }
}
