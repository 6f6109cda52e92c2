package arena.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.BrokerHealth;
import arena.catalog.ReaperSummary;
import arena.error.Dependency;
import arena.json.Json;
import arena.run.RunId;
import arena.text.Redactor;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What GET /operations shows when each of its sources answers or does not. */
class OperationsTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final String SECRET = "a-password-of-redis";

  private static final ReaperSummary SUMMARY =
      new ReaperSummary(
          NOW.minusSeconds(600),
          Map.of("abandoned", 1L, "freed", 3L),
          2,
          Duration.ofMillis(61_500),
          List.of(
              new ReaperSummary.EndedRun(
                  RunId.of("5eed0000000000000000000000000001"), "no event for 31 minutes")));

  private static final BrokerHealth HEALTH =
      new BrokerHealth(
          "7.1.0",
          Duration.ofHours(2),
          1_000_000,
          Optional.of(4_000_000L),
          "noeviction",
          12,
          Optional.of(65_000L),
          0);

  private boolean askedElastiCache;

  private JsonNode read(Callable<Optional<ReaperSummary>> reaper, Callable<BrokerHealth> broker)
      throws Exception {
    Operations operations =
        new Operations(
            new Operations.Sources(
                reaper,
                broker,
                () -> {
                  askedElastiCache = true;
                  return new CacheStatus("modifying", List.of("node 1: primary"), List.of());
                }),
            Clock.fixed(NOW, ZoneOffset.UTC));
    return Json.read(operations.read().json(new Redactor(List.of(SECRET))));
  }

  @Test
  void showsTheReaperAndTheBroker() throws Exception {
    JsonNode json = read(() -> Optional.of(SUMMARY), () -> HEALTH);
    JsonNode reaper = json.get("reaper");
    assertEquals("2026-01-31T11:50:00.000000Z", reaper.get("at").textValue());
    assertEquals(3, reaper.at("/actions/freed").intValue());
    assertEquals(0, reaper.at("/actions/finalizing").intValue());
    assertEquals(61.5, reaper.get("longest_silence_seconds").doubleValue());
    assertEquals("no event for 31 minutes", reaper.at("/ended/0/reason").textValue());
    JsonNode broker = json.get("broker");
    assertEquals("available", broker.get("status").textValue());
    assertEquals(4_000_000, broker.get("max_memory_bytes").intValue());
    assertEquals(7_200, broker.get("uptime_seconds").intValue());
    assertFalse(askedElastiCache, "its calls are limited for the account");
  }

  @Test
  void asksElastiCacheIfTheBrokerDoesNotAnswer() throws Exception {
    JsonNode json =
        read(
            Optional::empty,
            () -> {
              throw Dependency.BROKER.unavailable("refused " + SECRET, null);
            });
    assertTrue(json.get("reaper").isNull());
    JsonNode broker = json.get("broker");
    assertEquals("unavailable", broker.get("status").textValue());
    assertTrue(broker.get("reason").textValue().contains("refused"));
    assertFalse(broker.toString().contains(SECRET));
    assertEquals("modifying", broker.at("/elasticache/status").textValue());
  }

  @Test
  void showsWhyTheReaperIsUnknown() throws Exception {
    JsonNode json =
        read(
            () -> {
              throw Dependency.CATALOG.unavailable("DynamoDB did not answer", null);
            },
            () -> HEALTH);
    assertTrue(json.at("/reaper/unreachable").textValue().contains("DynamoDB did not answer"));
    assertEquals("available", json.at("/broker/status").textValue());
  }
}
