package arena.http;

import arena.access.CallLimits;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Dispatches requests to a function's routes. Exceptions become error responses. */
public final class Router {
  private final Map<String, Route> routes;
  private final Consumer<RuntimeException> failures;
  private final Supplier<CallLimits> limits;
  private final InstantSource clock;

  /** Handles the requests of one route. */
  @FunctionalInterface
  public interface Route {
    /**
     * Handles a request.
     *
     * @throws RuntimeException mapped to an error response
     */
    Response handle(Request request);
  }

  /**
   * A router without limits for each token.
   *
   * @param routes by route key, such as {@code GET /runs/{run_id}}
   */
  public Router(Map<String, Route> routes) {
    this(routes, _ -> {});
  }

  /**
   * A router without limits for each token.
   *
   * @param routes by route key, such as {@code GET /runs/{run_id}}
   * @param failures called for every exception that becomes a 5xx response
   */
  public Router(Map<String, Route> routes, Consumer<RuntimeException> failures) {
    this(routes, failures, () -> CallLimits.NONE, InstantSource.system());
  }

  /**
   * @param routes by route key, such as {@code GET /runs/{run_id}}
   * @param failures called for every exception that becomes a 5xx response
   * @param limits counts the calls to limited routes
   */
  public Router(
      Map<String, Route> routes,
      Consumer<RuntimeException> failures,
      Supplier<CallLimits> limits,
      InstantSource clock) {
    this.routes = Map.copyOf(routes);
    this.failures = failures;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * Handles an HTTP API event.
   *
   * @param requestId included in the response to an unexpected exception
   */
  public APIGatewayV2HTTPResponse handle(APIGatewayV2HTTPEvent event, String requestId) {
    Response response;
    try {
      Request request = new Request(event);
      Route route = routes.get(request.route());
      if (route == null) {
        throw withoutRoute(request);
      }
      RouteTable.authorize(request, clock.instant(), limits);
      response = route.handle(request);
    } catch (RuntimeException e) {
      response = ErrorResponses.of(e, requestId, failures);
    }
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(response.status())
        .withHeaders(response.headers())
        .withBody(response.body())
        .withIsBase64Encoded(response.base64())
        .build();
  }

  private static ApiException withoutRoute(Request request) {
    List<String> methods = RouteTable.methods(request.pathInStage());
    return methods.isEmpty() || methods.contains(request.method())
        ? ApiException.notFound("unknown_path", "unknown path")
        : ApiException.methodNotAllowed(methods);
  }
}
