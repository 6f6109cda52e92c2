package arena.functions;

import arena.http.DiagnosisRoutes;
import arena.http.Router;
import arena.runtime.Services;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.Map;

/** Says why a run does not end, and ends it for an operator. */
public final class DiagnoseRunHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
  private final Telemetry telemetry;
  private final Router router;

  /** As Lambda makes it. */
  public DiagnoseRunHandler() {
    this(System.getenv());
  }

  /** With this environment. */
  public DiagnoseRunHandler(Map<String, String> environment) {
    Services services = new Services(environment);
    telemetry = services.telemetry("diagnose-run");
    router =
        new Router(
            DiagnosisRoutes.over(
                new DiagnosisRoutes.Parts(
                    services::collector, services::inFlight, services::report, services::stopRun)),
            telemetry::failed);
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
