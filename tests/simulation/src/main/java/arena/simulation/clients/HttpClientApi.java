package arena.simulation.clients;

import arena.access.Principal;
import arena.comparison.ComparisonKind;
import arena.comparison.ComparisonQueries;
import arena.comparison.Comparisons;
import arena.http.Router;
import arena.lifecycle.RunQueries;
import arena.simulation.cloud.Function;
import arena.simulation.cloud.Lambda;
import arena.simulation.cloud.Outcome;
import arena.simulation.invariants.OneRunPerKey;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.Map;
import java.util.Optional;

/** The HTTP interface; each call invokes its function. */
public final class HttpClientApi {
  private static final long TIMEOUT = 29_000_000;

  private final Lambda lambda;
  private final Router router;
  private final RunQueries reader;
  private final ComparisonQueries comparisons;
  private final OneRunPerKey keys;

  /**
   * Creates a client of {@code router} and the queries.
   *
   * @param router serves the creation routes
   * @param reader serves the read routes of runs
   * @param comparisons serves the read routes of comparisons
   */
  public HttpClientApi(
      Lambda lambda,
      Router router,
      RunQueries reader,
      ComparisonQueries comparisons,
      OneRunPerKey keys) {
    this.lambda = lambda;
    this.router = router;
    this.reader = reader;
    this.comparisons = comparisons;
    this.keys = keys;
  }

  /**
   * Creates a run or a fork.
   *
   * @param key the idempotency key, if the client sends one
   */
  public Outcome create(Creation creation, String body, Optional<String> key) {
    Optional<OneRunPerKey.Key> scopedKey =
        key.map(text -> new OneRunPerKey.Key(creation.route(), text));
    Outcome outcome =
        lambda.invoke(
            creation.function(),
            () -> {
              scopedKey.ifPresent(served -> keys.serving(served, body));
              return router.handle(event(creation.route(), body, key), "");
            },
            TIMEOUT);
    if (outcome instanceof Outcome.Answer(APIGatewayV2HTTPResponse answer)) {
      scopedKey.ifPresent(
          served -> keys.answered(served, body, answer.getStatusCode(), answer.getBody()));
    }
    return outcome;
  }

  /** Sends a request to a route of comparisons. */
  public Outcome call(
      Function function,
      String route,
      Map<String, String> variables,
      String body,
      Optional<String> key) {
    APIGatewayV2HTTPEvent event = event(route, body, key);
    event.setPathParameters(variables);
    return lambda.invoke(function, () -> router.handle(event, ""), TIMEOUT);
  }

  /** Lists the comparisons of a kind. */
  public Outcome list(ComparisonKind kind) {
    return lambda.invoke(
        Function.READ_COMPARISONS,
        () -> comparisons.list(kind, Comparisons.MAX_PAGE, Optional.empty()),
        TIMEOUT);
  }

  private static APIGatewayV2HTTPEvent event(String route, String body, Optional<String> key) {
    return APIGatewayV2HTTPEvent.builder()
        .withRouteKey(route)
        .withRequestContext(
            APIGatewayV2HTTPEvent.RequestContext.builder()
                .withAuthorizer(
                    APIGatewayV2HTTPEvent.RequestContext.Authorizer.builder()
                        .withLambda(Map.copyOf(Principal.LOCAL.toContext()))
                        .build())
                .build())
        .withHeaders(key.map(text -> Map.of("idempotency-key", text)).orElse(Map.of()))
        .withBody(body)
        .withIsBase64Encoded(false)
        .build();
  }

  /** A route that creates a run. */
  public enum Creation {
    RUN("POST /runs", Function.CREATE_RUN),
    FORK("POST /forks", Function.CREATE_FORK);

    private final String route;
    private final Function function;

    Creation(String route, Function function) {
      this.route = route;
      this.function = function;
    }

    public String route() {
      return route;
    }

    Function function() {
      return function;
    }
  }

  /** A read of the run queries. */
  public interface Query<T> {

    T query(RunQueries reader);
  }

  /** Invokes {@code read-runs}. */
  public <T> Outcome query(Query<T> query) {
    return lambda.invoke(Function.READ_RUNS, () -> query.query(reader), TIMEOUT);
  }
}
