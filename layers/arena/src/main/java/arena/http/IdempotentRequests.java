package arena.http;

import arena.access.Principal;
import arena.idempotency.Idempotency;
import arena.lifecycle.ReplayNotStarted;
import arena.run.RunId;
import arena.text.Sha256;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Handles requests with an {@code Idempotency-Key}: all requests with one key share one run id, and
 * the first response is returned to all of them.
 */
public final class IdempotentRequests {
  private static final int ACCEPTED = 202;

  private final Supplier<Idempotency> idempotency;
  private final Supplier<RunId> ids;

  /**
   * @param idempotency created at the first request with a key
   * @param ids generates run ids
   */
  public IdempotentRequests(Supplier<Idempotency> idempotency, Supplier<RunId> ids) {
    this.idempotency = idempotency;
    this.ids = ids;
  }

  /**
   * Runs the action, or returns the response recorded for the request's key.
   *
   * @param action creates the response for a run id
   */
  Response handle(Request request, String body, Function<RunId, Response> action) {
    Optional<String> key = request.idempotencyKey();
    if (key.isEmpty()) {
      return action.apply(ids.get());
    }
    // A key belongs to its caller: others can neither find out that it is used, nor use it up.
    String caller = request.caller().map(Principal::id).orElse("");
    String identity = caller + " " + request.route() + " " + key.get();
    Idempotency.Registration registration =
        idempotency.get().register(identity, Sha256.hex(body), ids.get());
    if (registration.response().isPresent()) {
      return Response.ofText(ACCEPTED, registration.response().get());
    }
    Response response;
    try {
      response = action.apply(registration.runId());
    } catch (ReplayNotStarted _) {
      response =
          action.apply(idempotency.get().replaceRunId(identity, registration.runId(), ids.get()));
    }
    // A concurrent attempt may have recorded its response first; that one wins.
    String recorded = idempotency.get().recordResponse(identity, response.body());
    return Response.ofText(ACCEPTED, recorded);
  }
}
