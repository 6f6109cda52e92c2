package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.json.Json;
import arena.local.client.ArenaClient;
import arena.local.client.LiveReader;
import arena.models.Behaviour;
import arena.models.Reply;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Attacks on the model's key: a service or model repeats it, and nothing that is written has it.
 */
class SecretsTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String KEY = AcceptanceStack.MODEL_KEY;

  /** The length of a part of an encoding that must not be found. */
  private static final int PART = 12;

  private static final long MAX_FILE_BYTES = 100_000_000;

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();

  private static Map<String, String> encodings() {
    Map<String, String> encodings = new LinkedHashMap<>();
    encodings.put("plain", KEY);
    encodings.put("upper", KEY.toUpperCase(Locale.ROOT));
    encodings.put("lower", KEY.toLowerCase(Locale.ROOT));
    encodings.put("percent", URLEncoder.encode(KEY, StandardCharsets.UTF_8));
    encodings.put("base64", base64(KEY));
    encodings.put("base64-aligned", base64("user:" + KEY + "@host"));
    encodings.put("hex", HexFormat.of().formatHex(KEY.getBytes(StandardCharsets.UTF_8)));
    encodings.put("json", quoted(quoted(KEY)));
    encodings.put("split", KEY.substring(0, PART) + " \n " + KEY.substring(PART));
    return encodings;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The parts of the encodings that must not be found, as they are and as JSON. */
  private static List<String> forbidden() {
    List<String> parts = new ArrayList<>();
    for (String encoded : encodings().values()) {
      for (int from : new int[] {encoded.length() / 2 - PART / 2, encoded.length() - PART - 4}) {
        String part = encoded.substring(from, from + PART);
        if (!part.contains("\n")) {
          parts.add(part);
          String json = quoted(part);
          parts.add(json.substring(1, json.length() - 1));
        }
      }
    }
    parts.add(KEY.substring(0, PART));
    return parts.stream().distinct().toList();
  }

  private static void assertNoKey(String text, String where) {
    for (String part : forbidden()) {
      int at = text.indexOf(part);
      assertTrue(
          at < 0,
          () ->
              where
                  + " has "
                  + part
                  + ": "
                  + text.substring(Math.max(0, at - 60), Math.min(text.length(), at + 60)));
    }
  }

  private String run(String model) {
    ObjectNode body = Json.object().put("n_turns", 1);
    body.putObject("profile").put("model", "openai:" + model);
    return arena.startRun(body.toString());
  }

  /** Checks what the interfaces return about a run. */
  private void assertNoKeyOf(String runId, String name) {
    assertNoKey(arena.get("/runs/" + runId).text(), name + ": run");
    assertNoKey(arena.get("/events?run_id=" + runId + "&from_seq=1").text(), name + ": events");
    assertNoKey(arena.get("/runs/" + runId + "/diagnosis").text(), name + ": diagnosis");
    assertNoKey(
        arena
            .send(
                arena.request("/runs/" + runId + "/diagnosis").header("accept", "text/plain").GET())
            .text(),
        name + ": diagnosis as text");
    ArenaClient.Answer report = arena.get("/runs/" + runId + "/report");
    assertEquals(runId, report.expect(200).path("report_on").asText());
    assertNoKey(report.text(), name + ": report");
  }

  private void assertNoKeyInFiles() throws IOException {
    Path home = stack.stack().logs().getParent();
    int read = 0;
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.exists(file) && Files.size(file) < MAX_FILE_BYTES) {
          assertNoKey(Files.readString(file, StandardCharsets.ISO_8859_1), file.toString());
          read++;
        }
      }
    }
    assertTrue(read > 0, home.toString());
  }

  @Test
  void redactsTheKeyInAnAnswer() throws IOException {
    ArrayNode actions = Json.array();
    StringBuilder prose = new StringBuilder("My key is");
    encodings()
        .forEach(
            (name, encoded) -> {
              prose.append(' ').append(name).append(": ").append(encoded).append(" .");
              actions.addObject().put("type", "wait").put("note", encoded);
            });
    actions.addObject().put("type", "wait").put(KEY, 1);
    stack.models().when("key-in-answer", Behaviour.text(prose + "\n" + actions));
    String runId = run("key-in-answer");
    try (LiveReader reader = arena.live()) {
      reader.subscribe(runId, 1);
      reader.untilClosed(
          runId, BOUND, envelope -> assertNoKey(envelope.fields().toString(), "a live event"));
    }
    JsonNode row = arena.get("/runs/" + runId).expect(200);
    assertEquals("complete", row.path("status").asText());
    String events = arena.get("/events?run_id=" + runId + "&from_seq=1").text();
    assertTrue(events.contains("[redacted]"), events);
    assertTrue(events.contains("base64-aligned: "), "the words around it stay");
    assertNoKeyOf(runId, "answer");
    assertNoKeyInFiles();
  }

  @Test
  void redactsTheKeyInAnError() throws IOException {
    for (Map.Entry<String, String> encoding : encodings().entrySet()) {
      String model = "key-in-error-" + encoding.getKey();
      stack
          .models()
          .when(
              model,
              Behaviour.always(
                  new Reply.Raw(
                      401,
                      "application/json",
                      Json.object()
                          .set(
                              "error",
                              Json.object()
                                  .put("message", "Not a key: " + encoding.getValue() + " !"))
                          .toString())));
      String runId = run(model);
      JsonNode row = arena.awaitEnd(runId, BOUND);
      String message = row.at("/error/message").asText();
      assertTrue(message.contains("Not a key: ") && message.contains("[redacted]"), message);
      assertNoKeyOf(runId, model);
    }
    assertNoKeyInFiles();
  }

  @Test
  void redactsTheKeyInABodyThatIsNotJson() {
    stack
        .models()
        .when(
            "key-in-page",
            Behaviour.always(
                new Reply.Raw(401, "text/html", "<h1>Denied</h1><p>Bearer " + KEY + "</p>")));
    String runId = run("key-in-page");
    assertFalse(arena.awaitEnd(runId, BOUND).at("/error/message").asText().isEmpty());
    assertNoKeyOf(runId, "page");
  }

  /** A label that has the format of a secret made the report unreadable. */
  @Test
  void keepsReportsReadableForAnyLabel() {
    for (String label :
        List.of(
            "password=\"x\\",
            "Bearer abcdefgh\\\"",
            "api_key: \"",
            "://a:b\"@c",
            "key provided: \"abc\".")) {
      String runId = arena.startRun(Json.object().put("n_turns", 0).put("label", label).toString());
      JsonNode report = arena.get("/runs/" + runId + "/report").expect(200);
      assertEquals(runId, report.path("report_on").asText(), label);
    }
  }

  private static String quoted(String text) {
    return Json.write(TextNode.valueOf(text));
  }
}
