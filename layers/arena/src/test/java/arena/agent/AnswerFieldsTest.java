package arena.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.event.RawJson;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are an object with reasoning and actions: arguments of a tool, or a schema's. */
class AnswerFieldsTest {
  private static final RawJson WAIT = new RawJson("{\"type\":\"wait\"}");

  private static ModelAnswer called(String arguments) {
    return new ModelAnswer.Builder().structured().called(arguments).read();
  }

  private static ModelAnswer written(String text) {
    return new ModelAnswer.Builder().structured().text(text).read();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"reasoning\":\"Hm.\",\"actions\":[{\"type\":\"wait\"}]}",
        "{\"actions\":[{\"type\":\"wait\"}],\"reasoning\":\"Hm.\"}",
        "{'reasoning':'Hm.','actions':[{'type':'wait'}]}",
        "{reasoning: \"Hm.\", actions: [{type: \"wait\"},],}",
        "{\"reasoning\":\"Hm.\",\"actions\":\"[{\\\"type\\\":\\\"wait\\\"}]\"}",
        "{\u201Creasoning\u201D: \u201CHm.\u201D, \u201Cactions\u201D: [{\u201Ctype\u201D: \u201Cwait\u201D}]}",
        "{\"reasoning\":\"Hm.\",/* }, [ */\"actions\":[{\"type\":\"wait\"} // don't\n]}",
        "{\"name\":\"play_turn\",\"parameters\":{\"reasoning\":\"Hm.\",\"actions\":[{\"type\":\"wait\"}]}}",
        "\"{\\\"reasoning\\\":\\\"Hm.\\\",\\\"actions\\\":[{\\\"type\\\":\\\"wait\\\"}]}\"",
        "{\"reasoning\":\"Hm.\",\"actions\":[{\"type\":\"wait\"}],\"actions\":[]}",
      })
  void readsActionsAndReasoningHoweverTheyAreWritten(String object) {
    for (ModelAnswer answer : List.of(called(object), written(object))) {
      assertEquals(List.of(WAIT), answer.actions(), answer.reasoning());
      assertEquals(0, answer.reasoning().indexOf("Hm."), answer.reasoning());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"reasoning\":\"[{\\\"type\\\":\\\"press\\\",\\\"key\\\":\\\"z\\\"}]\",\"actions\":[{\"type\":\"wait\"}]}",
        "{\"reasoning\":\"</think> [{}] <think>\",\"actions\":[{\"type\":\"wait\"}]}",
        "{\"reasoning\":\"I {would} do \\\"actions\\\": [{}]\",\"actions\":[{\"type\":\"wait\"}]}",
        "{\"reasoning\":[{\"type\":\"press\",\"key\":\"z\"}],\"actions\":[{\"type\":\"wait\"}]}",
        "{\"plan\":{\"actions\":[{\"type\":\"press\"}]},\"actions\":[{\"type\":\"wait\"}]}",
      })
  void takesNoActionFromReasoning(String object) {
    assertEquals(List.of(WAIT), called(object).actions());
    assertEquals(List.of(WAIT), written(object).actions());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"reasoning\":\"I could [{\\\"type\\\":\\\"press\\\"}] bec | only thought",
        "{\"reasoning\":\"Hm.\",\"act | only thought",
        "{\"reasoning\":\"Hm.\",\"actions\":[{\"type\":\"wa | cut off within its first action",
        "{\"reasoning\":\"Hm.\",\"actions\":[] } | empty list",
        "{\"reasoning\":\"Hm.\",\"actions\":{\"type\":\"wait\"}} | no JSON array",
        "{} | no JSON array",
      })
  void explainsAnEmptyTurn(String object, String why) {
    for (ModelAnswer answer : List.of(called(object), written(object))) {
      assertEquals(List.of(), answer.actions());
      assertEquals(true, answer.reasoning().contains(why), answer.reasoning());
    }
  }

  @Test
  void keepsTheWholeActionsBeforeACut() {
    String cut = "{\"reasoning\":\"Hm.\",\"actions\":[{\"type\":\"wait\"},{\"type\":\"pre";
    for (ModelAnswer answer : List.of(called(cut), written(cut))) {
      assertEquals(List.of(WAIT), answer.actions());
      assertEquals(
          "Hm.\n[the list of actions was cut off; the whole actions before the cut are kept]",
          answer.reasoning());
    }
  }

  @Test
  void readsAnObjectInAFenceAfterThinking() {
    ModelAnswer answer =
        written(
            "<think>[{}]?</think>Here:\n```json\n{\"reasoning\":\"Hm.\",\"actions\":[{\"type\":\"wait\"}]}\n```\nDone.");
    assertEquals(List.of(WAIT), answer.actions());
    for (String words : List.of("[{}]?", "Hm.", "Here:", "Done.")) {
      assertEquals(true, answer.reasoning().contains(words), answer.reasoning());
    }
  }

  @Test
  void readsAPlainArrayOfAModelThatIgnoresTheFormat() {
    assertEquals(List.of(WAIT), written("Fine. [{\"type\":\"wait\"}]").actions());
    assertEquals(List.of(WAIT), called("[{\"type\":\"wait\"}]").actions());
    assertEquals(
        List.of(WAIT),
        written("[{\"type\":\"wait\"}] {\"actions\":[{\"type\":\"press\"}]}").actions());
  }

  @Test
  void takesTheFirstCallAndNoActionFromTheTextNextToIt() {
    ModelAnswer answer =
        new ModelAnswer.Builder()
            .structured()
            .text("[{\"type\":\"press\"}]")
            .called("{\"reasoning\":\"Hm.\",\"actions\":[{\"type\":\"wait\"}]}")
            .called("{\"reasoning\":\"\",\"actions\":[{\"type\":\"press\"}]}")
            .read();
    assertEquals(
        new ModelAnswer(
            List.of(WAIT),
            "[{\"type\":\"press\"}]\nHm.\n[left out, more than one call of the tool: 1]"),
        answer);
  }

  @Test
  void endsForTextOfAnyShape() {
    String braces = "{".repeat(100_000);
    String quotes = "{\"a\":\"".repeat(20_000);
    for (String text : List.of(braces, quotes, "{a:" + "[".repeat(50_000), "{\"", "{:", "{'\\")) {
      assertEquals(Optional.empty(), AnswerFields.find(text));
      assertEquals(List.of(), called(text).actions());
    }
  }
}
