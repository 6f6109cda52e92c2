package arena.http;

import arena.access.Principal;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import java.util.Map;

/** Requests of callers that the authorizer found. */
final class Callers {
  private Callers() {}

  /** The part of a request's event that has its caller. */
  static APIGatewayV2HTTPEvent.RequestContext context(Principal caller) {
    return APIGatewayV2HTTPEvent.RequestContext.builder()
        .withAuthorizer(
            APIGatewayV2HTTPEvent.RequestContext.Authorizer.builder()
                .withLambda(Map.copyOf(caller.toContext()))
                .build())
        .build();
  }
}
