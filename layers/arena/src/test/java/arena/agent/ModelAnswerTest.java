package arena.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import arena.ArenaArbitraries;
import arena.codec.ActionCodec;
import arena.codec.PayloadCodec;
import arena.event.Payload;
import arena.event.RawJson;
import arena.run.Limits;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelAnswerTest {
  private static ModelAnswer read(String text) {
    return new ModelAnswer.Builder().text(text).read();
  }

  private static List<String> actions(String text) {
    return read(text).actions().stream().map(RawJson::text).toList();
  }

  private static Stream<Arguments> texts() {
    String wait = "{\"type\":\"wait\"}";
    String scroll = "{\"type\":\"scroll\"}";
    return Stream.of(
        arguments("[" + wait + "]", wait, ""),
        arguments("I wait.[" + wait + "] Then I see.", wait, "I wait.\nThen I see."),
        arguments("[food] is low, so: [" + wait + "]", wait, "[food] is low, so:"),
        arguments("\n[ { \"type\" :\t\"wait\" } ]\n", wait, ""),
        arguments("Thus:\n```json\n[" + wait + "]\n```\nDone.", wait, "Thus:\nDone."),
        arguments("```\n[" + wait + "]```", wait, ""),
        arguments(
            "```\nnotes\n```\n[" + wait + "]\nok ```x```", wait, "```\nnotes\n```\nok ```x```"),
        arguments("[" + wait + "] or [" + scroll + "]", wait, "or [" + scroll + "]"),
        arguments("{\"actions\":[" + wait + "]}", wait, "{\"actions\":\n}"),
        arguments("[[ [" + wait + "]", wait, "[["),
        arguments("[1, [], 2] [" + wait + "]", wait, "[1, [], 2]"),
        arguments("[" + wait + ", oops [" + scroll + "]", scroll, "[" + wait + ", oops"),
        arguments("\"[\" [" + wait + "]", wait, "\"[\""));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void takesTheFirstArrayThatHoldsObjects(String text, String action, String reasoning) {
    assertEquals(new ModelAnswer(List.of(new RawJson(action)), reasoning), read(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"No.", "[food] is low", "{\"type\":\"wait\"}", "[NaN]", "[01]", "[1] Yes.", "]["})
  void keepsTextWithoutAnArrayAsReasoningAndExplainsTheEmptyTurn(String text) {
    assertEquals(
        new ModelAnswer(
            List.of(), text.strip() + "\n[no actions: the answer holds no JSON array of actions]"),
        read(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n"})
  void explainsAnEmptyText(String text) {
    assertEquals(new ModelAnswer(List.of(), "[no actions: the answer is empty]"), read(text));
  }

  @Test
  void explainsAnEmptyList() {
    assertEquals(
        new ModelAnswer(List.of(), "[no actions: the model answered an empty list]"), read("[]"));
  }

  @Test
  void leavesOutElementsThatAreNotObjectsAndSaysSo() {
    ModelAnswer list = read("[1, \"wait\", null, [], {\"type\":\"wait\"}, true]");
    assertEquals(List.of(new RawJson("{\"type\":\"wait\"}")), list.actions());
    assertEquals("[left out, not objects: 5]", list.reasoning());
  }

  @Test
  void leavesOutActionsBeyondTheLimitAndSaysSo() {
    ModelAnswer list = read("[" + "{\"type\":\"wait\"},".repeat(60) + "{}]");
    assertEquals(Limits.MAX_ACTIONS, list.actions().size());
    assertEquals("[left out, more than 50 actions: 11]", list.reasoning());
  }

  @Test
  void keepsAsManyActionsAsTheLimit() {
    ModelAnswer list = read("[" + "{\"type\":\"wait\"},".repeat(Limits.MAX_ACTIONS - 1) + "{}]");
    assertEquals(Limits.MAX_ACTIONS, list.actions().size());
    assertEquals("", list.reasoning());
  }

  @Test
  void leavesOutAnActionThatIsTooLongAndSaysSo() {
    String fits = "{\"a\":\"" + "x".repeat(Limits.MAX_ACTION_CHARS - 8) + "\"}";
    String tooLong = fits.replace("{\"a", "{\"aa");
    ModelAnswer list = read("So: [" + tooLong + "," + fits + "]");
    assertEquals(List.of(new RawJson(fits)), list.actions());
    assertEquals("So:\n[left out, longer than 2000 characters: 1]", list.reasoning());
  }

  @Test
  void leavesOutAnActionThatIsNestedTooDeepAndSaysSo() {
    String fits = "{\"a\":" + "[".repeat(19) + "]".repeat(19) + "}";
    String tooDeep = "{\"a\":" + "[".repeat(20) + "]".repeat(20) + "}";
    ModelAnswer list = read("[" + tooDeep + "," + fits + "]");
    assertEquals(List.of(new RawJson(fits)), list.actions());
    assertEquals("[left out, nested deeper than 20: 1]", list.reasoning());
  }

  @Test
  void keepsTheLastOfTwoFieldsWithOneName() {
    assertEquals(
        List.of("{\"type\":\"press\",\"key\":\"z\"}"),
        actions("[{\"type\":\"wait\",\"key\":\"z\",\"type\":\"press\"}]"));
  }

  @Test
  void keepsOneOfTwoNamesThatAreEqualAfterRepair() {
    assertEquals(List.of("{\"\uFFFD\":2}"), actions("[{\"\ud800\":1,\"\ud801\":2}]"));
  }

  @Test
  void replacesLoneSurrogates() {
    assertEquals(
        List.of("{\"type\":\"\uFFFDa\uFFFD😀\"}"),
        actions("[{\"type\":\"\ud83da\\ude00\\ud83d\\ude00\"}]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.10",
        "-0",
        "-0.0",
        "1E+400",
        "1e-400",
        "9007199254740993",
        "3.14159265358979323846264338327950288"
      })
  void keepsNumbersAsWritten(String number) {
    assertEquals(List.of("{\"n\":" + number + "}"), actions("[{\"n\":" + number + "}]"));
  }

  @Test
  void storesANumberOfThousandsOfDigits() {
    String number = "7".repeat(1_900);
    List<RawJson> actions = read("[{\"n\":" + number + "}]").actions();
    Payload payload = new Payload.LlmResponse(actions, "", 0);
    assertEquals(payload, PayloadCodec.read(PayloadCodec.write(payload)));
    assertEquals(1, actions.size());
  }

  @Test
  void readsNamesWithOneHash() {
    List<String> names = new ArrayList<>(List.of(""));
    for (int i = 0; i < 11; i++) {
      List<String> longer = new ArrayList<>();
      for (String name : names) {
        longer.add(name + "Ab");
        longer.add(name + "BA"); // 33 * 'A' + 'b' = 33 * 'B' + 'A'
      }
      names = longer;
    }
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < 50; i++) {
      text.append(i == 0 ? "{" : ",{");
      List<String> some = names.subList(i * 40, i * 40 + 40);
      text.append(String.join(",", some.stream().map(name -> "\"" + name + "\":1").toList()));
      text.append("}");
    }
    List<RawJson> actions = read(text.append("]").toString()).actions();
    assertEquals(50, actions.size());
    Payload payload = new Payload.LlmResponse(actions, "", 0);
    assertEquals(payload, PayloadCodec.read(PayloadCodec.write(payload)));
  }

  @Test
  void putsThinkingAndRemarksIntoReasoning() {
    assertEquals(
        new ModelAnswer(
            List.of(),
            "Hm.\n[1] Yes.\n[cut; no actions: the answer holds no JSON array of actions]"),
        new ModelAnswer.Builder().thinking(" Hm. ").text("[1] Yes.").remark("cut").read());
  }

  @Test
  void cutsALongReasoningAndKeepsItsRemarks() {
    ModelAnswer list = read("😀".repeat(30_000) + "[1,{}]");
    assertEquals(
        Limits.MAX_REASONING_CHARS, list.reasoning().codePointCount(0, list.reasoning().length()));
    assertTrue(list.reasoning().endsWith("…\n[left out, not objects: 1]"));
  }

  @Test
  void keepsAReasoningOfTheLimit() {
    String reasoning = "😀".repeat(Limits.MAX_REASONING_CHARS);
    ModelAnswer list = read(reasoning + "[{}]");
    assertEquals(reasoning, list.reasoning());
    assertEquals(1, list.actions().size());
  }

  @Test
  void readsATextOfTheLimitToItsEnd() {
    ModelAnswer list = read("x".repeat(Limits.MAX_ANSWER_CHARS - 4) + "[{}]");
    assertEquals(1, list.actions().size());
    assertFalse(list.reasoning().contains("characters are read"));
  }

  @Test
  void readsAVeryLongTextInPart() {
    String text = "x".repeat(Limits.MAX_ANSWER_CHARS) + "[{}]";
    ModelAnswer list = read(text);
    assertEquals(List.of(), list.actions());
    assertTrue(list.reasoning().contains("\n[only the first 200000 characters are read; "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[",
        "[1,",
        "[[],",
        "[{\"a\":",
        "[\"",
        "[\",[\",",
        "[{\"[\":[",
        "[1 ",
        "[{},\"[\",",
        "<think>",
        "</think>[",
        "[{\"a\":\"<think>\"},",
        "“[",
        "[“",
        "<|channel|>final<|message|>[",
        "assistantfinal["
      })
  void readsEveryTextInBoundedTime(String part) {
    String text = part.repeat(Limits.MAX_ANSWER_CHARS / part.length());
    assertTimeoutPreemptively(Duration.ofSeconds(5), () -> read(text));
  }

  @Provide
  Arbitrary<String> writings() {
    Arbitrary<String> part =
        Arbitraries.oneOf(
            ArenaArbitraries.json(),
            ArenaArbitraries.text(),
            ArenaArbitraries.actionObject()
                .list()
                .ofMaxSize(4)
                .map(all -> "[" + String.join(",", all) + "]"),
            Arbitraries.of(
                "[", "]", "```", "```json\n", "{", "}", ",", "\\", "\"", "buildings=[] "));
    return part.list().ofMaxSize(6).map(parts -> String.join("", parts));
  }

  /** Any text of a model is kept within the limits, and every store gives it back. */
  @Property
  void keepsEveryAnswerWithinTheLimitsAndStorable(@ForAll("writings") String text) {
    ModelAnswer list = read(text);
    assertTrue(list.actions().size() <= Limits.MAX_ACTIONS);
    for (RawJson action : list.actions()) {
      assertTrue(action.text().length() <= Limits.MAX_ACTION_CHARS);
      ActionCodec.read(action);
    }
    Payload payload = new Payload.LlmResponse(list.actions(), list.reasoning(), 0);
    String written = PayloadCodec.write(payload);
    Payload.LlmResponse read = (Payload.LlmResponse) PayloadCodec.read(written);
    assertEquals(list.actions(), read.actions());
    assertEquals(written, PayloadCodec.write(read));
  }

  /** An independent reader sees the same values in what is kept as in what was written. */
  @Property
  void keepsTheValuesThatWereWritten(@ForAll("objects") List<String> objects) throws Exception {
    ObjectMapper json = exact();
    List<String> kept = actions("[" + String.join(" , ", objects) + "]");
    List<String> fitting =
        objects.stream().filter(object -> object.length() <= Limits.MAX_ACTION_CHARS).toList();
    assertEquals(fitting.size(), kept.size());
    for (int i = 0; i < kept.size(); i++) {
      JsonNode expected = json.readTree(mended(fitting.get(i)));
      assertEquals(expected, json.readTree(kept.get(i)));
    }
  }

  @Provide
  Arbitrary<List<String>> objects() {
    return ArenaArbitraries.actionObject().list().ofMaxSize(5);
  }

  private static ObjectMapper exact() {
    return JsonMapper.builder()
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .build();
  }

  private static String mended(String text) {
    StringBuilder mended = new StringBuilder();
    text.codePoints().forEach(c -> mended.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
    return mended.toString();
  }
}
