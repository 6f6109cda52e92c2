package arena.functions;

import arena.access.Authenticator;
import arena.access.Principal;
import arena.json.Json;
import arena.runtime.Rehearsal;
import arena.runtime.RehearsedEvents;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Lambda authorizer of both APIs. For the HTTP API it finds the caller by the token in the
 * header {@code Authorization}; for a WebSocket handshake by the ticket in the query, which it uses
 * up.
 *
 * <p>A request with an invalid token is passed on without a caller, so that the functions answer
 * 401 in the format of all errors: each route but {@code GET /health} requires a caller. A
 * handshake with an invalid ticket is denied. If the store does not answer, the authorizer fails,
 * which API Gateway does not cache.
 */
@NullMarked
public final class AuthorizeCallerHandler implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorizeCallerHandler.class);

  private final AuthorizeCallerWiring wiring;
  private final Telemetry telemetry;

  @SuppressWarnings("UnusedVariable") // kept, because the runtime refers to it weakly
  private @Nullable Rehearsal rehearsal;

  /** Called by Lambda. */
  public AuthorizeCallerHandler() {
    this(System.getenv());
    rehearsal =
        Rehearsal.beforeSnapshot(
            System.getenv(),
            AuthorizeCallerHandler::new,
            Rehearsal.Scene.EMPTY,
            () -> List.of(RehearsedEvents.authorizeToken(), RehearsedEvents.authorizeTicket()));
  }

  /** Creates a handler with the given environment variables. */
  public AuthorizeCallerHandler(Map<String, String> environment) {
    wiring = AuthorizeCallerWiring.of(environment);
    telemetry = wiring.telemetry();
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    JsonNode event = Json.read(new String(input.readAllBytes(), StandardCharsets.UTF_8));
    String response = telemetry.during(context, () -> answer(event));
    output.write(response.getBytes(StandardCharsets.UTF_8));
  }

  private String answer(JsonNode event) {
    try {
      Authenticator authenticator = wiring.authenticator().get();
      return event.has("methodArn")
          ? policy(
              event.get("methodArn").asText(),
              authenticator.byTicket(
                  event.path("queryStringParameters").path("ticket").textValue()))
          : simple(authenticator.byHeader(event.path("headers").path("authorization").textValue()));
    } catch (RuntimeException e) {
      telemetry.failed(e);
      LOG.error("failed to authorize a caller", e);
      throw e;
    }
  }

  /** The response of payload format 2.0 with simple responses. */
  private static String simple(Optional<Principal> caller) {
    ObjectNode response = Json.object().put("isAuthorized", true);
    caller.map(Principal::toContext).orElse(Map.of()).forEach(response.putObject("context")::put);
    return Json.write(response);
  }

  /** The response of a WebSocket API's authorizer: an IAM policy for the route. */
  private static String policy(String methodArn, Optional<Principal> caller) {
    ObjectNode response =
        Json.object().put("principalId", caller.map(Principal::id).orElse("none"));
    response
        .putObject("policyDocument")
        .put("Version", "2012-10-17")
        .putArray("Statement")
        .addObject()
        .put("Action", "execute-api:Invoke")
        .put("Effect", caller.isPresent() ? "Allow" : "Deny")
        .put("Resource", methodArn);
    caller.map(Principal::toContext).orElse(Map.of()).forEach(response.putObject("context")::put);
    return Json.write(response);
  }
}
