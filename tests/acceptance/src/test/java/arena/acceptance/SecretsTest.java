package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.json.Json;
import arena.local.client.ArenaClient;
import arena.local.client.LiveReader;
import arena.models.Behaviour;
import arena.models.Reply;
import arena.run.AnswerFormat;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Attacks on the model's key: a service or model repeats it, and nothing that is written has it.
 */
class SecretsTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String KEY = AcceptanceStack.MODEL_KEY;

  /** The length of a part of an encoding that must not be found. */
  private static final int PART = 12;

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
    return run("openai:" + model, AnswerFormat.TEXT);
  }

  private String run(String model, AnswerFormat format) {
    ObjectNode body = Json.object().put("n_turns", 1);
    body.putObject("profile").put("model", model).put("answer_format", format.label());
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
    List<Path> files = FileSearch.files(stack.stack().logs().getParent());
    assertFalse(files.isEmpty());
    assertEquals(List.of(), new FileSearch(forbidden()).holders(files));
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

  /** An answer as an object: the arguments of a tool, or what a JSON schema describes. */
  @Test
  void redactsTheKeyInAnObject() throws IOException {
    ObjectNode answer = Json.object();
    StringBuilder prose = new StringBuilder("My key is");
    ArrayNode actions = Json.array();
    encodings()
        .forEach(
            (name, encoded) -> {
              prose.append(' ').append(name).append(": ").append(encoded).append(" .");
              actions.addObject().put("type", "build").put("building_key", encoded);
            });
    actions.addObject().put("type", "wait").put(KEY, 1);
    answer.put("reasoning", prose.toString()).set("actions", actions);
    stack.models().when("amazon.nova-key-in-object", Behaviour.text(answer.toString()));
    Map<String, String> runs = new LinkedHashMap<>();
    for (String api : List.of("openai:", "anthropic:", "bedrock:")) {
      for (AnswerFormat format : List.of(AnswerFormat.TOOL, AnswerFormat.JSON_SCHEMA)) {
        runs.put(api + format.label(), run(api + "amazon.nova-key-in-object", format));
      }
    }
    for (Map.Entry<String, String> run : runs.entrySet()) {
      JsonNode row = arena.awaitEnd(run.getValue(), BOUND);
      assertEquals("complete", row.path("status").asText(), row::toString);
      String events = arena.get("/events?run_id=" + run.getValue() + "&from_seq=1").text();
      assertTrue(events.contains("[redacted]"), events);
      assertTrue(events.contains("base64-aligned: "), "the words around it stay");
      assertNoKeyOf(run.getValue(), run.getKey());
      assertNoKey(
          arena.get("/runs/" + run.getValue() + "/export?format=jsonl").text(), "an export");
    }
    assertNoKeyInFiles();
  }

  @Test
  void redactsTheKeyInWhatAComparisonReports() throws IOException {
    stack
        .models()
        .when(
            "key-in-cell",
            Behaviour.always(
                new Reply.Raw(
                    401,
                    "application/json",
                    Json.object()
                        .put("type", "error")
                        .set("error", Json.object().put("message", encodings().toString()))
                        .toString())));
    String race =
        arena
            .post(
                "/races",
                """
                {"profiles":[{"name":"a","model":"openai:key-in-cell"},
                  {"name":"b","model":"anthropic:key-in-cell","answer_format":"tool"}],
                 "scenarios":["balanced"],"rounds":1,"n_turns":1}
                """)
            .expect(202)
            .path("race_id")
            .asText();
    PlayedComparisons.awaitEnd(arena, "/races/" + race);
    ArenaClient.Answer answer = arena.get("/races/" + race);
    assertEquals(2, answer.expect(200).at("/cell_counts/failed").asInt(), answer.text());
    assertNoKey(answer.text(), "race");
    assertNoKey(arena.get("/rankings?race_id=" + race).text(), "ranking");
    for (JsonNode cell : answer.json().path("cells")) {
      String runId = cell.path("run_id").asText();
      assertTrue(arena.get("/runs/" + runId).text().contains("[redacted]"));
      assertNoKeyOf(runId, "a cell");
    }
    assertNoKeyInFiles();
  }

  @Test
  void redactsTheKeyInAnError() throws IOException {
    Map<String, String> runs = new LinkedHashMap<>();
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
      runs.put(model, run(model));
    }
    for (Map.Entry<String, String> run : runs.entrySet()) {
      JsonNode row = arena.awaitEnd(run.getValue(), BOUND);
      String message = row.at("/error/message").asText();
      assertTrue(message.contains("Not a key: ") && message.contains("[redacted]"), message);
      assertNoKeyOf(run.getValue(), run.getKey());
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
