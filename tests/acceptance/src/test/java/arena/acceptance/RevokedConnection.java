package arena.acceptance;

import arena.access.Role;
import arena.local.client.ArenaClient;
import arena.local.client.LiveReader;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * A connection whose token is revoked, and which pings until it is closed. That takes as long as
 * the functions cache a token, so other tests run meanwhile.
 */
final class RevokedConnection {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration PING_INTERVAL = Duration.ofMillis(500);
  private static RevokedConnection shared;

  private final CompletableFuture<Ended> ended = new CompletableFuture<>();

  /**
   * How the connection ended.
   *
   * @param after time from the revocation to the answer
   * @param code of the last answer
   * @param closed whether the connection was closed
   */
  record Ended(Duration after, String code, boolean closed) {}

  private RevokedConnection() {}

  /** Opens the connection and revokes its token at the first call. */
  static synchronized RevokedConnection shared() {
    if (shared == null) {
      shared = new RevokedConnection();
      AcceptanceStack.shared().withTokens(shared::start);
    }
    return shared;
  }

  /** How the connection ended, which it does within the bound. */
  Ended ended() {
    return ended.join();
  }

  private void start() {
    AcceptanceStack acceptance = AcceptanceStack.shared();
    String token = acceptance.stack().createToken(Role.VIEWER, "revoked");
    ArenaClient viewer = acceptance.client(Optional.of(token));
    LiveReader reader = viewer.live();
    if (!ping(reader).path("type").asText().equals("pong")) {
      throw new AssertionError("the connection did not work before");
    }
    acceptance.revoke(token);
    Instant revokedAt = Instant.now();
    Thread.ofVirtual()
        .start(
            () -> {
              try (reader) {
                ended.complete(pingUntilRefused(reader, revokedAt));
              } catch (RuntimeException e) {
                ended.completeExceptionally(e);
              } finally {
                viewer.close();
              }
            });
  }

  private static Ended pingUntilRefused(LiveReader reader, Instant revokedAt) {
    JsonNode answer = ping(reader);
    // Other tests stop the table of tokens meanwhile, which is another error.
    while (!answer.path("code").asText().equals("unauthorized")
        && Instant.now().isBefore(revokedAt.plus(BOUND))) {
      LockSupport.parkNanos(PING_INTERVAL.toNanos());
      answer = ping(reader);
    }
    Duration after = Duration.between(revokedAt, Instant.now());
    return new Ended(after, answer.path("code").asText(), isClosed(reader));
  }

  private static boolean isClosed(LiveReader reader) {
    try {
      reader.next(BOUND);
      return false;
    } catch (IllegalStateException _) {
      return true;
    }
  }

  private static JsonNode ping(LiveReader reader) {
    reader.send("{\"action\":\"ping\"}");
    return reader.nextJson(BOUND);
  }
}
