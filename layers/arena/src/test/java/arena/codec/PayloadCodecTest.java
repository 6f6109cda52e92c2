package arena.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.event.Event;
import arena.event.Payload;
import arena.event.RawJson;
import arena.run.RunId;
import arena.run.Usage;
import arena.world.Age;
import arena.world.World;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The specified bytes of every kind. */
class PayloadCodecTest {
  private static Stream<Arguments> kinds() {
    World world =
        new World(
            200, 150.5, 0, 0, 8, 25, Age.DARK, List.of("house", "house"), List.of(3, 1), 0, 4);
    return Stream.of(
        Arguments.of(
            new Payload.TurnStart(4, world),
            """
            {"kind":"turn_start","turn_num":4,"state":{"food":200.0,"wood":150.5,"gold":0.0,\
            "stone":0.0,"population":8,"pop_cap":25,"age":"Dark Age","buildings":["house","house"],\
            "villager_queue":[3,1],"age_up_ticks_remaining":0,"turn":4}}"""),
        Arguments.of(
            new Payload.Observed(9, List.of("town_center", "villager")),
            """
            {"kind":"observation","entity_count":9,"classes":["town_center","villager"]}"""),
        Arguments.of(
            new Payload.LlmPrompt(world.summary()),
            """
            {"kind":"llm_prompt","state_summary":"food=200.0 wood=150.5 gold=0.0 stone=0.0 \
            pop=8/25 age=Dark Age buildings=[house, house] queued_villagers=2 age_up=0"}"""),
        Arguments.of(
            new Payload.LlmResponse(
                List.of(new RawJson("{\"type\":\"wait\",\"n\":1.50}"), new RawJson("{}")),
                "Hm.",
                0.0012),
            """
            {"kind":"llm_response","actions":[{"type":"wait","n":1.50},{}],"reasoning":"Hm.",\
            "cost_usd":0.0012}"""),
        Arguments.of(
            new Payload.LlmResponse(
                List.of(), "", 0, Optional.of(new Usage(1_200, 40, 1_024, 2_150))),
            """
            {"kind":"llm_response","actions":[],"reasoning":"","cost_usd":0.0,\
            "usage":{"tokens_in":1200,"tokens_out":40,"tokens_cached":1024,"model_ms":2150}}"""),
        Arguments.of(
            new Payload.ActionTaken(0, new RawJson("{\"type\":\"wait\",\"n\":1.50}")),
            """
            {"kind":"action","index_in_turn":0,"action":{"type":"wait","n":1.50}}"""),
        Arguments.of(
            new Payload.ActionResult(0, "wait", false),
            """
            {"kind":"action_result","index_in_turn":0,"action_type":"wait","state_changed":false}"""),
        Arguments.of(
            new Payload.WorldMutation("a", "b", "why"),
            """
            {"kind":"world_mutation","before_summary":"a","after_summary":"b","reason":"why"}"""),
        Arguments.of(
            new Payload.Fork(RunId.of("a".repeat(32)), 3, "food=200.0→1500.0"),
            """
            {"kind":"fork","parent_run_id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","parent_t":3,\
            "mutation_summary":"food=200.0→1500.0"}"""),
        Arguments.of(
            new Payload.Metric("score", 1.5),
            """
            {"kind":"metric","name":"score","value":1.5}"""));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void writesEveryKindAsSpecified(Payload payload, String json) {
    assertEquals(json, PayloadCodec.write(payload));
    assertEquals(payload, PayloadCodec.read(json));
  }

  @Test
  void hasAnExampleOfEveryKind() {
    assertEquals(
        Set.of(Payload.class.getPermittedSubclasses()),
        kinds().map(example -> example.get()[0].getClass()).collect(Collectors.toSet()));
  }

  @Test
  void embedsThePayloadsBytesInTheEnvelope() {
    Event event =
        new Event(
            RunId.of("0123456789abcdef0123456789abcdef"),
            17,
            "scripted-strategy",
            3,
            "metric",
            "{\"kind\":\"metric\",  \"name\":\"a\",\"value\":1.50}",
            Instant.parse("2026-01-31T12:00:00.123456789Z"),
            1);
    assertEquals(
        """
        {"run_id":"0123456789abcdef0123456789abcdef","seq":17,"agent_id":"scripted-strategy",\
        "t":3,"kind":"metric","ts":"2026-01-31T12:00:00.123456Z","schema_version":1,\
        "payload":{"kind":"metric",  "name":"a","value":1.50}}""",
        EnvelopeCodec.write(event));
    assertEquals(event, EnvelopeCodec.read(EnvelopeCodec.write(event)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void rejectsNonFiniteNumbers(double value) {
    assertThrows(IllegalArgumentException.class, () -> new Payload.Metric("a", value));
    assertThrows(
        IllegalArgumentException.class, () -> new Payload.LlmResponse(List.of(), "", value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"kind\":\"dance\"}",
        "{\"kind\":\"metric\",\"name\":\"a\"}",
        "{\"kind\":\"metric\",\"name\":7,\"value\":1}",
        "{\"kind\":\"metric\",\"name\":\"a\",\"value\":\"1\"}",
        "{\"kind\":\"metric\",\"name\":\"a\",\"value\":1e999}",
        "{\"kind\":\"metric\",\"name\":\"a\",\"value\":1} x",
        "{\"kind\":\"metric\",\"name\":\"a\",\"value\":1,\"value\":1}",
        "{\"kind\":\"observation\",\"entity_count\":1.5,\"classes\":[]}",
        "{\"kind\":\"observation\",\"entity_count\":99999999999,\"classes\":[]}",
        "{\"kind\":\"observation\",\"entity_count\":1,\"classes\":7}",
        "{\"kind\":\"observation\",\"entity_count\":1,\"classes\":[",
        "{\"kind\":\"turn_start\",\"turn_num\":1,\"state\":{}}",
        "{\"kind\":\"turn_start\",\"turn_num\":1,\"state\":7}"
      })
  void rejectsInvalidPayloads(String json) {
    assertThrows(MalformedJson.class, () -> PayloadCodec.read(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"food\":-1.0",
        "\"food\":\"many\"",
        "\"food\":null",
        "\"none\":1.0",
        "\"food\":1e999"
      })
  void rejectsInvalidSnapshots(String food) {
    String json =
        """
        {"food":1.0,"wood":0.0,"gold":0.0,"stone":0.0,"population":8,"pop_cap":25,\
        "age":"Dark Age","buildings":[],"villager_queue":[],"age_up_ticks_remaining":0,"turn":0}""";
    assertEquals(1, WorldCodec.read(json).food());
    assertThrows(MalformedJson.class, () -> WorldCodec.read(json.replace("\"food\":1.0", food)));
  }

  @Test
  void ignoresUnknownFields() {
    assertEquals(
        new Payload.Metric("a", 1),
        PayloadCodec.read(
            "{\"kind\":\"metric\",\"new\":{\"a\":[1,{}]},\"name\":\"a\",\"value\":1,\"more\":[]}"));
  }
}
