package arena.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Serves the routes of one function. Every request gets an answer; no exception leaves. */
public final class Router {
  private final Map<String, Route> routes;
  private final Consumer<RuntimeException> failures;

  /** What serves a route. */
  @FunctionalInterface
  public interface Route {
    /**
     * Answers a request.
     *
     * @throws RuntimeException which becomes an error's answer
     */
    Response answer(Request request);
  }

  /**
   * Serves these routes.
   *
   * @param routes by the gateway's route key, such as {@code GET /runs/{run_id}}
   */
  public Router(Map<String, Route> routes) {
    this(routes, _ -> {});
  }

  /**
   * Serves these routes.
   *
   * @param routes by the gateway's route key, such as {@code GET /runs/{run_id}}
   * @param failures is told of every exception that is answered as the service's own failure
   */
  public Router(Map<String, Route> routes, Consumer<RuntimeException> failures) {
    this.routes = Map.copyOf(routes);
    this.failures = failures;
  }

  /** The route keys that are served. */
  public Set<String> routeKeys() {
    return routes.keySet();
  }

  /**
   * Answers an event of the HTTP API.
   *
   * @param requestId under which the log has what the answer does not say
   */
  public APIGatewayV2HTTPResponse answer(APIGatewayV2HTTPEvent event, String requestId) {
    Response answer;
    try {
      Request request = new Request(event);
      Route route = routes.get(request.route());
      if (route == null) {
        throw ApiException.notFound("unknown_path", "there is no such call");
      }
      answer = route.answer(request);
    } catch (RuntimeException e) {
      answer = ErrorResponses.of(e, requestId, failures);
    }
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(answer.status())
        .withHeaders(answer.headers())
        .withBody(answer.body())
        .withIsBase64Encoded(false)
        .build();
  }
}
