package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.ActiveTokens;
import arena.access.Role;
import arena.local.client.ArenaClient;
import arena.local.client.LiveReader;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** One of the last tests, because a revocation takes effect when caches expire. */
@Order(Integer.MAX_VALUE - 2)
class RevokedConnectionTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

  /** What a busy machine may add. */
  private static final Duration TOLERANCE = Duration.ofSeconds(10);

  @Test
  void endsConnectionOfRevokedTokenWithinAMinute() {
    RevokedConnection.Ended ended = RevokedConnection.shared().ended();
    assertEquals("unauthorized", ended.code());
    assertTrue(ended.after().compareTo(ActiveTokens.MAX_AGE.plus(TOLERANCE)) < 0, ended::toString);
    assertTrue(ended.closed());
  }

  /** What a token started goes on without it; only what it reads ends. */
  @Test
  void playsTheRaceOfARevokedTokenToItsEnd() {
    AcceptanceStack acceptance = AcceptanceStack.shared();
    acceptance.withTokens(
        () -> {
          String token = acceptance.stack().createToken(Role.OPERATOR, "revoked");
          String other = acceptance.stack().createToken(Role.VIEWER, "other");
          try (ArenaClient revoked = acceptance.client(Optional.of(token));
              ArenaClient viewer = acceptance.client(Optional.of(other));
              LiveReader reader = revoked.live()) {
            HeldRace race = HeldRace.start(revoked);
            reader.subscribe(race.runId(), 1);
            assertEquals("events", reader.nextJson(BOUND).path("type").asText());
            acceptance.revoke(token);
            Instant revokedAt = Instant.now();

            awaitUnauthorized(reader);
            String path = "/races/" + race.id();
            await(() -> revoked.get(path).status() == 401, "the race is still readable");
            Duration after = Duration.between(revokedAt, Instant.now());
            assertTrue(after.compareTo(Duration.ofMinutes(1)) < 0, after::toString);
            assertEquals("running", viewer.get(path).expect(200).path("status").asText());

            race.release();
            await(
                () -> !viewer.get(path).expect(200).path("status").asText().equals("running"),
                "the race has not ended");
            JsonNode ended = viewer.get(path).expect(200);
            assertEquals("complete", ended.path("status").asText());
            assertEquals(2, ended.at("/cell_counts/complete").asInt());
          }
        });
    acceptance.awaitNoRuns();
  }

  private static void awaitUnauthorized(LiveReader reader) {
    await(
        () -> {
          reader.send("{\"action\":\"ping\"}");
          return reader.nextJson(BOUND).path("code").asText().equals("unauthorized");
        },
        "the connection still gets answers");
  }

  private static void await(BooleanSupplier condition, String problem) {
    Instant deadline = Instant.now().plus(BOUND);
    while (!condition.getAsBoolean()) {
      assertTrue(Instant.now().isBefore(deadline), problem);
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
  }
}
