package arena.functions;

import arena.http.ReadRoutes;
import arena.http.Router;
import arena.run.RunId;
import arena.runtime.Services;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

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
    router = new Router(ReadRoutes.over(services::runReader), telemetry::failed);
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    return telemetry.during(
        context,
        () -> {
          asked(event).filter(RunId::isValid).ifPresent(Telemetry::run);
          return router.answer(event, context.getAwsRequestId());
        });
  }

  /** The run that is asked about. */
  private static Optional<String> asked(APIGatewayV2HTTPEvent event) {
    return Stream.of(
            Optional.ofNullable(event.getPathParameters()),
            Optional.ofNullable(event.getQueryStringParameters()))
        .flatMap(Optional::stream)
        .map(parameters -> parameters.get("run_id"))
        .filter(Objects::nonNull)
        .findFirst();
  }
}
