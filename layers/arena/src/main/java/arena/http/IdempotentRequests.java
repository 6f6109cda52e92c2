package arena.http;

import arena.idempotency.Idempotency;
import arena.lifecycle.ReplayNotStarted;
import arena.run.RunId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Does a request once, however often it comes with the same {@code Idempotency-Key}: it is given
 * one run's id, every attempt goes on with that run, and once there is an answer that one is given.
 */
public final class IdempotentRequests {
  private static final int ACCEPTED = 202;

  private final Supplier<Idempotency> idempotency;
  private final Supplier<String> ids;

  /**
   * Remembers requests in this.
   *
   * @param idempotency made when the first request with a key comes
   */
  public IdempotentRequests(Supplier<Idempotency> idempotency) {
    this(idempotency, RunId::random);
  }

  /**
   * Remembers requests in this.
   *
   * @param idempotency made when the first request with a key comes
   * @param ids gives runs their ids
   */
  public IdempotentRequests(Supplier<Idempotency> idempotency, Supplier<String> ids) {
    this.idempotency = idempotency;
    this.ids = ids;
  }

  /**
   * Does it, or gives the answer that was given before.
   *
   * @param action from the run's id to the answer
   */
  Response accept(Request request, String body, Function<String, Response> action) {
    Optional<String> key = request.idempotencyKey();
    if (key.isEmpty()) {
      return action.apply(ids.get());
    }
    String identity = request.route() + " " + key.get();
    Idempotency.Noted noted = idempotency.get().note(identity, digest(body), ids.get());
    if (noted.answer().isPresent()) {
      return Response.ofText(ACCEPTED, noted.answer().get());
    }
    Response answer;
    try {
      answer = action.apply(noted.runId());
    } catch (ReplayNotStarted _) {
      answer = action.apply(idempotency.get().renew(identity, noted.runId(), ids.get()));
    }
    // Another attempt may have answered meanwhile, and the run is not where it was then.
    String kept = idempotency.get().answered(identity, answer.body());
    return Response.ofText(ACCEPTED, kept);
  }

  private static String digest(String body) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
