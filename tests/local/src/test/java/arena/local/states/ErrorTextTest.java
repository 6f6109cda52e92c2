package arena.local.states;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.json.Json;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The error that the deployed definition makes of a failed turn's cause. An expression that failed
 * there would end the execution without finalizing its run.
 */
class ErrorTextTest {
  private static final int CAUSES = 3_000;

  /** What causes are made of: JSON, its escapes, whole and broken, and what must not be in it. */
  private static final List<String> PARTS =
      List.of(
          "\"",
          "\\",
          "\\\"",
          "\\\\",
          "\\/",
          "/",
          "\\n",
          "\\u00e9",
          "\\u12",
          "\\uZZZZ",
          "\\ud83d",
          "\\x41",
          "\\'",
          "\\0",
          "\n",
          "\r\n",
          "\t",
          "\u0000",
          "\u001b[8m",
          "\u001f",
          "\u007f",
          "\u009b",
          "\u2028",
          "\u202e",
          "a",
          "é",
          "😀",
          "\ud83d",
          "{",
          "}",
          "[",
          ",",
          ":",
          ": ",
          "$",
          "%}",
          "&",
          "'",
          "\"errorMessage\":",
          "x".repeat(990),
          "\\u0041".repeat(170));

  private Transition caught;

  @BeforeEach
  void read() throws IOException {
    State.Task turn =
        (State.Task) DefinitionReader.read(ReplayDefinition.text()).flow().state("PlayTurn");
    caught = turn.catchers().getLast().exit();
  }

  private Map<?, ?> error(String name, Optional<String> cause) throws StateError {
    Scope scope =
        Scope.of(Map.of("run_id", "r"), 0, Map.of()).withErrorOutput(new StateError(name, cause));
    Map<?, ?> output = (Map<?, ?>) caught.output().orElseThrow().evaluate(scope);
    assertEquals("r", output.get("run_id"));
    return (Map<?, ?>) output.get("error");
  }

  private String message(String cause) throws StateError {
    return (String) error("arena.agent.ModelMalformed", Optional.of(cause)).get("message");
  }

  @Test
  void evaluatesForEveryCause() throws StateError {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    List<String> names =
        List.of(
            "arena.error.DependencyUnavailable",
            "arena.agent.ModelRefused",
            "States.Timeout",
            ".",
            "a..b");
    for (int i = 0; i < CAUSES; i++) {
      StringBuilder text = new StringBuilder();
      int parts = random.nextInt(8);
      for (int part = 0; part < parts; part++) {
        text.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      String cause =
          switch (random.nextInt(4)) {
            case 0 -> "{\"errorMessage\":\"" + text + "\",\"errorType\":\"x\"}";
            case 1 -> "{\"errorMessage\": \"" + text;
            case 2 -> Json.write(Json.object().put("errorMessage", text.toString()));
            default -> text.toString();
          };
      String name = names.get(random.nextInt(names.size()));
      try {
        Map<?, ?> error = error(name, Optional.of(cause));
        assertTrue(error.get("code") instanceof String, cause);
        String message = (String) error.get("message");
        assertTrue(message.codePointCount(0, message.length()) <= 1_000, cause);
      } catch (StateError e) {
        throw new AssertionError(cause + " of " + name, e);
      }
    }
  }

  @Test
  void keepsTheMessageOfAWholeError() throws StateError {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    for (int i = 0; i < 500; i++) {
      StringBuilder text = new StringBuilder();
      for (int part = 0; part < 6; part++) {
        text.append(PARTS.get(random.nextInt(PARTS.size() - 3)));
      }
      String message = text.toString().replace("\ud83d", "");
      assertEquals(message, message(Json.write(Json.object().put("errorMessage", message))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\u0000", "\\x41", "\\u12", "\\u12G4", "\\", "\\'"})
  void endsTheMessageBeforeWhatJsonDoesNotAllow(String invalid)
      throws StateError, JsonProcessingException {
    assertEquals("said: ", message("{\"errorMessage\":\"said: " + invalid + "and more\"}"));
  }

  @Test
  void namesAnErrorWithoutACause() throws StateError {
    assertEquals(
        Map.of("code", "Timeout", "message", "a turn ended with States.Timeout"),
        error("States.Timeout", Optional.empty()));
  }
}
