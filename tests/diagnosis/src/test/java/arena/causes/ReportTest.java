package arena.causes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** The bug report has everything that the runbook asks for, and no secrets. */
class ReportTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final DiagnosisStack stack = DiagnosisStack.shared();
  private final ArenaClient arena = stack.client();

  @Test
  void containsWhatTheRunbookAsksFor() {
    String parent = arena.startRun("{\"n_turns\":2}");
    arena.awaitEnd(parent, BOUND);
    String request =
        "{\"parent_run_id\":\"%s\",  \"parent_t\":1,\"n_turns\":2,\"reason\":\"what if\",\"profile\":{\"model\":\"openai:refuse\"}}"
            .formatted(parent);
    String fork = arena.startFork(request);
    arena.awaitEnd(fork, BOUND);
    stack.diagnoses().awaitCause(fork, "model_refuses", BOUND);

    ArenaClient.Answer answer = arena.get("/runs/" + fork + "/report");
    JsonNode report = answer.expect(200);
    assertTrue(
        answer.response().headers().firstValue("content-disposition").orElse("").contains(fork));
    assertEquals(request, report.get("request").textValue(), "as received");
    assertTrue(
        report.at("/counters/now/events_published").longValue()
            > report.at("/counters/at_start/events_published").longValue());
    assertEquals(4, report.at("/counters/at_start").size());
    String redis = report.get("redis_cli").textValue();
    try (Jedis client = stack.redis()) {
      long length = client.xlen("arena:run:" + fork + ":events");
      assertTrue(
          redis.contains(
              String.format(
                  Locale.ROOT, "> XLEN arena:run:%s:events%n(integer) %d%n", fork, length)),
          redis);
    }
    assertTrue(redis.contains(" 1) \"length\""), redis);
    assertEquals("model_refuses", report.at("/diagnosis/cause").textValue());
    List<String> types = report.get("execution_history").findValuesAsText("type");
    assertEquals("ExecutionStarted", types.getFirst());
    assertEquals("ExecutionFailed", types.getLast());
    assertTrue(types.contains("TaskFailed"));
    String log = report.at("/log/lines").toString();
    assertTrue(log.contains("fork replay failed"), log);
    assertTrue(log.contains("create-fork"), log);
    assertTrue(log.contains("\\\"parent_run_id\\\":\\\"" + parent), log);
    assertFalse(report.at("/versions/redis").asText().isEmpty());
    assertTrue(report.at("/versions/java").asText().startsWith("25"));
  }

  @Test
  void listsEachLineOfEveryFunctionOnce() {
    String run = arena.startRun("{\"n_turns\":2,\"profile\":{\"model\":\"openai:hang\"}}");
    arena.post("/runs/" + run + "/stop", "").expect(202);
    arena.awaitEnd(run, BOUND);
    List<JsonNode> lines = new ArrayList<>();
    arena.get("/runs/" + run + "/report").expect(200).at("/log/lines").forEach(lines::add);
    assertEquals(List.copyOf(new LinkedHashSet<>(lines)), lines, "each line once");
    List<String> stopped =
        lines.stream()
            .filter(line -> line.path("line").asText().contains("run stopped by operator"))
            .map(line -> line.path("function").asText())
            .toList();
    assertEquals(List.of("diagnose-run"), stopped);
  }

  /** Puts secrets into every text that a client controls. */
  @Test
  void containsNoSecrets() {
    String redisPassword = stack.stack().redisPassword();
    List<String> secrets =
        List.of(
            redisPassword,
            DiagnosisStack.MODEL_KEY,
            "sk-proj-Abcdef0123456789",
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",
            "c2VjcmV0LXRva2Vu");
    String reason =
        "key %s, id %s, aws_secret_access_key=%s, Authorization: Bearer %s, redis://:%s@cache:6379"
            .formatted(
                secrets.get(2), secrets.get(3), secrets.get(4), secrets.get(5), redisPassword);
    String parent = arena.startRun("{\"n_turns\":1}");
    arena.awaitEnd(parent, BOUND);
    String fork =
        arena.startFork(
            "{\"parent_run_id\":\"%s\",\"parent_t\":0,\"n_turns\":1,\"reason\":\"%s\",\"profile\":{\"model\":\"openai:refuse\"}}"
                .formatted(parent, reason));
    arena.awaitEnd(fork, BOUND);
    String report = arena.get("/runs/" + fork + "/report").text();
    assertTrue(report.contains("[redacted]"), report);
    for (String secret : secrets) {
      assertFalse(report.contains(secret), () -> secret + " is in " + report);
      assertFalse(arena.get("/runs/" + fork + "/diagnosis").text().contains(secret), secret);
    }
  }
}
