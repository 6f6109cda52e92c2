package arena;

import arena.codec.ActionCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.event.RawJson;
import arena.run.RunId;
import arena.world.Action;
import arena.world.Age;
import arena.world.Building;
import arena.world.World;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Arbitrary domain values for property tests. */
public final class ArenaArbitraries {
  private ArenaArbitraries() {}

  /** Any text, including lone surrogates. */
  public static Arbitrary<String> text() {
    Arbitrary<String> units = Arbitraries.strings().all().ofMaxLength(40);
    Arbitrary<String> signs =
        Arbitraries.of(
            "",
            "\"",
            "\\",
            "\u0000",
            "\n\r\t\u001f\u007f",
            "é—→",
            "\u2028\u2029",
            "😀👩‍🚀",
            "\ud83d",
            "\ude00",
            "\ude00\ud83d",
            "\ufeff\uffff",
            "</script>",
            "'; DROP TABLE runs; --");
    return Arbitraries.oneOf(units, signs, Combinators.combine(units, signs).as(String::concat));
  }

  /** Any well-formed text. */
  public static Arbitrary<String> wellFormedText() {
    return text().filter(text -> text.codePoints().noneMatch(ArenaArbitraries::isSurrogate));
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  /** Any amount of a resource, including extreme values. */
  public static Arbitrary<Double> amount() {
    return Arbitraries.oneOf(
        Arbitraries.doubles().between(0, 1_000_000),
        Arbitraries.integers().between(0, 2_000).map(Integer::doubleValue),
        Arbitraries.of(0.0, -0.0, Math.nextDown(50.0), 50.0, 1e-320, 1e300, Double.MAX_VALUE));
  }

  /** Any valid world, reachable or not. */
  public static Arbitrary<World> world() {
    Arbitrary<Integer> population =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 60), Arbitraries.of(22, 1_000, Integer.MAX_VALUE));
    Arbitrary<List<String>> buildings =
        Arbitraries.of(Building.values()).map(Building::label).list().ofMaxSize(12);
    Arbitrary<List<Integer>> queue = Arbitraries.integers().between(1, 3).list().ofMaxSize(8);
    return Combinators.combine(
            amount().list().ofSize(4),
            population,
            population,
            Arbitraries.of(Age.class),
            buildings,
            queue,
            Arbitraries.integers().between(0, World.FEUDAL_TICKS),
            Arbitraries.oneOf(
                Arbitraries.integers().between(0, 400), Arbitraries.just(Integer.MAX_VALUE)))
        .as(
            (amounts, people, cap, age, built, training, ageUp, turn) ->
                new World(
                    amounts.get(0),
                    amounts.get(1),
                    amounts.get(2),
                    amounts.get(3),
                    people,
                    cap,
                    age,
                    built,
                    training,
                    ageUp,
                    turn));
  }

  /** Any id of a run. */
  public static Arbitrary<RunId> runIds() {
    return Arbitraries.strings().withChars("0123456789abcdef").ofLength(32).map(RunId::of);
  }

  /** Any action. */
  public static Arbitrary<Action> action() {
    return Arbitraries.oneOf(
        Arbitraries.just(new Action.QueueVillager()),
        Arbitraries.of(Building.values()).map(Action.Build::new),
        Arbitraries.just(new Action.AgeUp()),
        Arbitraries.of("click", "right_click", "drag", "wait", "scroll", "detect", "", "dance")
            .map(Action.NoEffect::new));
  }

  /** Any compact JSON text that a model may write. */
  public static Arbitrary<String> json() {
    return json(3);
  }

  private static Arbitrary<String> json(int depth) {
    Arbitrary<String> leaf =
        Arbitraries.oneOf(
            text().map(ArenaArbitraries::quoted),
            Arbitraries.of(
                "null",
                "true",
                "false",
                "0",
                "-0",
                "1.10",
                "1E+400",
                "-2.5e-3",
                "123456789012345678901234567890.000"));
    if (depth == 0) {
      return leaf;
    }
    Arbitrary<String> inner = Arbitraries.lazy(() -> json(depth - 1));
    return Arbitraries.oneOf(
        leaf,
        inner.list().ofMaxSize(3).map(items -> "[" + String.join(",", items) + "]"),
        object(inner));
  }

  private static Arbitrary<String> object(Arbitrary<String> value) {
    Arbitrary<String> name =
        Arbitraries.oneOf(text(), Arbitraries.of("type", "key", "building_key", "kind", "state"));
    return Combinators.combine(name, value)
        .as((key, item) -> quoted(key) + ":" + item)
        .list()
        .ofMaxSize(4)
        .map(fields -> "{" + String.join(",", fields) + "}");
  }

  /** Any action object, known or unknown. */
  public static Arbitrary<String> actionObject() {
    Arbitrary<String> known = action().map(action -> ActionCodec.write(action).text());
    return Arbitraries.oneOf(known, object(json(2)));
  }

  /** A JSON string with minimal escaping. */
  public static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  /** An action as stored: compact, with unique keys. */
  private static Arbitrary<RawJson> keptAction() {
    return Arbitraries.oneOf(
        action().map(ActionCodec::write),
        Combinators.combine(wellFormedText(), json(0).filter(leaf -> !leaf.startsWith("\"")))
            .as((type, number) -> "{\"type\":" + quoted(type) + ",\"x\":" + number + "}")
            .map(RawJson::new));
  }

  /** Any payload of any kind. */
  public static Arbitrary<Payload> payload() {
    Arbitrary<Integer> count = Arbitraries.integers().between(0, Integer.MAX_VALUE);
    Arbitrary<Double> cost = Arbitraries.doubles().between(0, 1e9).ofScale(9);
    return Arbitraries.oneOf(
        Combinators.combine(count, world()).as(Payload.TurnStart::new),
        Combinators.combine(count, wellFormedText().list().ofMaxSize(5)).as(Payload.Observed::new),
        wellFormedText().map(Payload.LlmPrompt::new),
        Combinators.combine(keptAction().list().ofMaxSize(5), wellFormedText(), cost)
            .as(Payload.LlmResponse::new),
        Combinators.combine(count, keptAction()).as(Payload.ActionTaken::new),
        Combinators.combine(count, wellFormedText(), Arbitraries.of(true, false))
            .as(Payload.ActionResult::new),
        Combinators.combine(wellFormedText(), wellFormedText(), wellFormedText())
            .as(Payload.WorldMutation::new),
        Combinators.combine(runIds(), count, wellFormedText()).as(Payload.Fork::new),
        Combinators.combine(
                wellFormedText(),
                Arbitraries.oneOf(
                    Arbitraries.doubles(),
                    Arbitraries.of(-0.0, Double.MIN_VALUE, -Double.MAX_VALUE)))
            .as(Payload.Metric::new));
  }

  /** An event with this payload. */
  public static Arbitrary<Event> event(String kind, String payloadJson) {
    Arbitrary<Instant> time =
        Arbitraries.longs()
            .between(0, 4_000_000_000_000_000L)
            .map(micros -> Instant.EPOCH.plusNanos(micros * 1_000));
    return Combinators.combine(
            Arbitraries.longs().between(1, Long.MAX_VALUE),
            wellFormedText(),
            Arbitraries.integers().between(0, Integer.MAX_VALUE),
            time)
        .as(
            (seq, agent, t, ts) ->
                new Event(
                    RunId.of("0123456789abcdef0123456789abcdef"),
                    seq,
                    agent,
                    t,
                    kind,
                    payloadJson,
                    ts,
                    Event.SCHEMA_VERSION));
  }
}
