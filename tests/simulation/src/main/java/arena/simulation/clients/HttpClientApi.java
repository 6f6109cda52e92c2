package arena.simulation.clients;

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

/** The HTTP calls, each an invocation of its function. */
public final class HttpClientApi {
  private static final long LIMIT = 29_000_000;

  private final Lambda lambda;
  private final Router router;
  private final RunQueries reader;
  private final OneRunPerKey keys;

  /**
   * Calls over this.
   *
   * @param router serves the creations
   * @param reader serves everything that only reads
   */
  public HttpClientApi(Lambda lambda, Router router, RunQueries reader, OneRunPerKey keys) {
    this.lambda = lambda;
    this.router = router;
    this.reader = reader;
    this.keys = keys;
  }

  /**
   * Asks for a run or a fork.
   *
   * @param creation what is called
   * @param key the client's, if it sends one
   */
  public Outcome create(Creation creation, String body, Optional<String> key) {
    Optional<OneRunPerKey.Key> ofCall =
        key.map(text -> new OneRunPerKey.Key(creation.route(), text));
    Outcome outcome =
        lambda.invoke(
            creation.function(),
            () -> {
              ofCall.ifPresent(served -> keys.serves(served, body));
              return router.handle(event(creation, body, key), "");
            },
            LIMIT);
    if (outcome instanceof Outcome.Answer(APIGatewayV2HTTPResponse answer)) {
      ofCall.ifPresent(
          served -> keys.answered(served, body, answer.getStatusCode(), answer.getBody()));
    }
    return outcome;
  }

  private static APIGatewayV2HTTPEvent event(Creation creation, String body, Optional<String> key) {
    return APIGatewayV2HTTPEvent.builder()
        .withRouteKey(creation.route())
        .withHeaders(key.map(text -> Map.of("idempotency-key", text)).orElse(Map.of()))
        .withBody(body)
        .withIsBase64Encoded(false)
        .build();
  }

  /** A call that starts a run. */
  public enum Creation {
    RUN("POST /runs", Function.CREATE_RUN),
    FORK("POST /forks", Function.CREATE_FORK);

    private final String route;
    private final Function function;

    Creation(String route, Function function) {
      this.route = route;
      this.function = function;
    }

    /** Its route key. */
    public String route() {
      return route;
    }

    Function function() {
      return function;
    }
  }

  /** A question. */
  public interface Question<T> {
    /** Asks it. */
    T ask(RunQueries reader);
  }

  /** Asks something. */
  public <T> Outcome ask(Question<T> question) {
    return lambda.invoke(Function.READ_RUNS, () -> question.ask(reader), LIMIT);
  }
}
