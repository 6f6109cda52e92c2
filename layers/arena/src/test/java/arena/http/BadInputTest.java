package arena.http;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The error for any invalid body reports the field and the accepted values. */
class BadInputTest {
  private static final String PARENT = "0123456789abcdef0123456789abcdef";

  /** A request field with its limit, valid values and invalid ones. */
  private record Field(String name, String limit, List<String> valid, List<String> invalid) {}

  private static final List<String> NO_TEXT = List.of("null", "1", "1.5", "true", "[]", "{}");
  private static final List<String> NO_NUMBER =
      List.of("null", "\"1\"", "\"NaN\"", "\"\"", "true", "[]", "[1]", "{}");
  private static final List<String> HUGE =
      List.of("1e400", "-1e400", "1e999999999", "9".repeat(400), "-" + "9".repeat(400));

  private static final List<Field> RUN_FIELDS =
      List.of(
          new Field(
              "scenario",
              "balanced, food-poor, wood-poor, late-start",
              List.of("\"balanced\"", "\"late-start\""),
              and(NO_TEXT, "\"\"", "\"Balanced\"", "\"balanced \"", "\"BALANCED\"")),
          new Field(
              "n_turns",
              "0 to 200",
              List.of("0", "200", "-0", "5.0", "5e0", "1e1", "2E2", "50e-1", "-0.0", "0.0e99"),
              and(
                  NO_NUMBER,
                  HUGE,
                  "-1",
                  "-1.0",
                  "201",
                  "201.0",
                  "3.5",
                  "5e-1",
                  "1e3",
                  "4294967296")),
          new Field(
              "label",
              "at most 100 characters",
              List.of("\"\"", quoted("x".repeat(100)), quoted("🏰".repeat(100)), "\"\\u00e9 ok\""),
              and(
                  NO_TEXT,
                  quoted("x".repeat(101)),
                  quoted("🏰".repeat(101)),
                  "\"a\\u0000b\"",
                  "\"a\\nb\"",
                  "\"a\\u007fb\"",
                  "\"a\\u2028b\"",
                  "\"\\ud83c\"",
                  "\"\\udff0\\ud83c\"",
                  "\"a\\ufffdb\"")));

  private static final List<Field> FORK_FIELDS =
      List.of(
          new Field(
              "parent_run_id",
              "32 lower-case hex digits",
              List.of(quoted(PARENT)),
              and(
                  NO_TEXT,
                  "\"\"",
                  quoted(PARENT.substring(1)),
                  quoted(PARENT + "0"),
                  quoted(PARENT.toUpperCase(java.util.Locale.ROOT)),
                  quoted("g".repeat(32)),
                  "\"../../../../../../../../etc/pass\"")),
          new Field(
              "parent_t",
              "0 to 2147483647",
              List.of("0", "2147483647", "510509.0", "2147483647.0", "5e0"),
              and(NO_NUMBER, HUGE, "-1", "2147483648", "2147483648.0", "3.5", "0.5")),
          new Field(
              "n_turns",
              "0 to 200",
              List.of("0", "200", "200.0"),
              and(NO_NUMBER, HUGE, "-1", "201", "3.5")),
          new Field(
              "reason",
              "at most 500 characters",
              List.of("\"\"", quoted("y".repeat(500))),
              and(NO_TEXT, quoted("y".repeat(501)), "\"\\u001b[2J\"", "\"\\udfff\"")));

  private static final List<Field> MUTATION_FIELDS =
      Stream.concat(
              Stream.of("food", "wood", "gold", "stone")
                  .map(
                      name ->
                          new Field(
                              name,
                              "0 to 1000000",
                              List.of("0", "-0.0", "0.5", "1500", "1e6", "1000000", "1e-400"),
                              and(NO_NUMBER, HUGE, "-1", "-0.1", "1000000.1", "1e7"))),
              Stream.of(
                  new Field(
                      "population",
                      "0 to 1000",
                      List.of("0", "1000", "1e3", "22.0"),
                      and(NO_NUMBER, HUGE, "-1", "1001", "3.5", "1e4")),
                  new Field(
                      "pop_cap",
                      "0 to 1000",
                      List.of("0", "1000", "1e3", "22.0"),
                      and(NO_NUMBER, HUGE, "-1", "1001", "3.5", "1e4")),
                  new Field(
                      "age",
                      "Dark Age, Feudal Age, Castle Age, Imperial Age",
                      List.of("\"Dark Age\"", "\"Imperial Age\""),
                      and(NO_TEXT, "\"\"", "\"dark age\"", "\"Feudal\"", "\"FEUDAL\""))))
          .toList();

  private static final List<Field> PROFILE_FIELDS =
      List.of(
          new Field(
              "name",
              "1 to 100 characters; spaces only between others, one at a time, and no other white space",
              List.of("\"x\"", quoted("x".repeat(100)), "\"a b c\""),
              and(
                  NO_TEXT,
                  "\"\"",
                  "\"   \"",
                  "\" a\"",
                  "\"a \"",
                  "\"a  b\"",
                  "\"a\\u00a0b\"",
                  "\"a\\u2001b\"",
                  "\"\\u00a0\\u3000\"",
                  quoted("x".repeat(101)),
                  "\"a\\tb\"",
                  "\"\\ud800\"")),
          new Field(
              "model",
              "scripted, scripted:boom, scripted:rush, scripted:idle, recorded, bedrock:<model id>, openai:<model> or anthropic:<model>; visible ASCII, at most 200 characters",
              List.of(
                  "\"scripted\"",
                  "\"bedrock:anthropic.claude-3-haiku-20240307-v1:0\"",
                  "\"openai:llama3.2:3b\"",
                  quoted("openai:" + "m".repeat(193))),
              and(
                  NO_TEXT,
                  "\"\"",
                  "\"gpt-4\"",
                  "\"openai\"",
                  "\"openai:\"",
                  "\"bedrock:\"",
                  "\"openai: x\"",
                  "\"openai:a b\"",
                  "\"openai:é\"",
                  "\"openai:a\\r\\nb\"",
                  "\"OpenAI:x\"",
                  "\"scripted:x\"",
                  quoted("openai:" + "m".repeat(194)))),
          new Field(
              "temperature",
              "0 to 2",
              List.of("0", "0.7", "2", "2.0"),
              and(NO_NUMBER, HUGE, "-0.1", "2.1")),
          new Field(
              "prompt_variant",
              "bare, strategy",
              List.of("\"bare\"", "\"strategy\""),
              and(NO_TEXT, "\"\"", "\"Bare\"", "\"other\"")));

  private static Stream<Arguments> invalid() {
    return cases(Field::invalid);
  }

  private static Stream<Arguments> valid() {
    return cases(Field::valid);
  }

  private static Stream<Arguments> cases(java.util.function.Function<Field, List<String>> values) {
    return Stream.of(
            RUN_FIELDS.stream()
                .flatMap(f -> values.apply(f).stream().map(v -> of(f, "", run(f.name(), v), true))),
            FORK_FIELDS.stream()
                .flatMap(
                    f -> values.apply(f).stream().map(v -> of(f, "", fork(f.name(), v), false))),
            MUTATION_FIELDS.stream()
                .flatMap(
                    f ->
                        values.apply(f).stream()
                            .map(
                                v -> of(f, "mutation.", fork("mutation", in(f.name(), v)), false))),
            PROFILE_FIELDS.stream()
                .flatMap(
                    f ->
                        values.apply(f).stream()
                            .flatMap(
                                v ->
                                    Stream.of(
                                        of(f, "profile.", run("profile", in(f.name(), v)), true),
                                        of(
                                            f,
                                            "profile.",
                                            fork("profile", in(f.name(), v)),
                                            false)))))
        .flatMap(cases -> cases);
  }

  private static Arguments of(Field field, String path, String body, boolean run) {
    return Arguments.of(path + field.name(), field.limit(), body, run);
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void reportsFieldAndLimit(String field, String limit, String body, boolean run) {
    ApiException error = refused(body, run);

    assertAll(
        () -> assertEquals(422, error.status()),
        () -> assertEquals("invalid_field", error.code()),
        () -> assertEquals(Optional.of(field), error.field()),
        () -> assertEquals(Optional.of(limit), error.limit()),
        () -> assertTrue(error.getMessage().contains(field), error.getMessage()),
        () -> assertTrue(error.getMessage().contains(limit), error.getMessage()));
  }

  @ParameterizedTest
  @MethodSource("valid")
  void acceptsValuesWithinTheLimits(String field, String limit, String body, boolean run) {
    Object request = run ? RequestReader.run(body) : RequestReader.fork(body);

    assertTrue(request.toString().length() > 0, () -> field + ": " + limit);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scenarios",
        "Scenario",
        "n_turns ",
        "parent_t",
        "",
        "__proto__",
        "mutation",
        "seed"
      })
  void rejectsUnknownFieldsOfARun(String name) {
    ApiException error = refused(run(name, "1"), true);

    assertEquals(Optional.of(name), error.field());
    assertEquals(Optional.of("one of scenario, profile, n_turns, label"), error.limit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"label", "scenario", "parent", "t", "parentT"})
  void rejectsUnknownFieldsOfAFork(String name) {
    ApiException error = refused(fork(name, "1"), false);

    assertEquals(Optional.of(name), error.field());
    assertEquals(
        Optional.of("one of parent_run_id, parent_t, mutation, n_turns, reason, profile"),
        error.limit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"buildings", "turn", "popCap", "villager_queue", "food.x"})
  void rejectsUnknownFieldsOfAMutation(String name) {
    ApiException error = refused(fork("mutation", in(name, "1")), false);

    assertEquals(Optional.of("mutation." + name), error.field());
    assertEquals(
        Optional.of("one of food, wood, gold, stone, population, pop_cap, age"), error.limit());
  }

  @Test
  void rejectsUnknownFieldsOfAProfile() {
    ApiException error = refused(run("profile", in("top_p", "1")), true);

    assertEquals(Optional.of("profile.top_p"), error.field());
    assertEquals(
        Optional.of("one of name, model, temperature, prompt_variant, answer_format"),
        error.limit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "1", "\"x\"", "[]", "true"})
  void objectsMustBeObjects(String value) {
    assertEquals(Optional.of("profile"), refused(run("profile", value), true).field());
    assertEquals(Optional.of("mutation"), refused(fork("mutation", value), false).field());
    assertEquals(Optional.of("body"), refused(value, true).field());
    assertEquals(Optional.of("an object"), refused(value, false).limit());
  }

  @Test
  void reportsMissingFields() {
    ApiException noParent = refused("{\"parent_t\":1}", false);
    ApiException noTurn = refused("{\"parent_run_id\":\"%s\"}".formatted(PARENT), false);

    assertEquals(Optional.of("parent_run_id"), noParent.field());
    assertEquals(Optional.of("required"), noParent.limit());
    assertEquals(Optional.of("parent_t"), noTurn.field());
    assertEquals(Optional.of("required"), noTurn.limit());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "x",
        "{",
        "}",
        "{\"n_turns\":}",
        "{\"n_turns\":NaN}",
        "{\"n_turns\":Infinity}",
        "{\"n_turns\":-Infinity}",
        "{\"n_turns\":+1}",
        "{\"n_turns\":01}",
        "{\"n_turns\":.5}",
        "{\"n_turns\":1,}",
        "{n_turns:1}",
        "{'n_turns':1}",
        "{\"label\":\"a\nb\"}",
        "{\"label\":\"\\x\"}",
        "{\"label\":\"open}",
        "{\"n_turns\":1}{}",
        "{\"n_turns\":1} x",
        "{\"n_turns\":1,\"n_turns\":2}",
        "{\"profile\":{\"name\":\"a\",\"name\":\"b\"}}",
        "{\"\\ud800\":1}",
        "{/* no */}",
        "\uFEFF{}",
        "{\"n_turns\":1}\u0000"
      })
  void bodyMustBeJson(String body) {
    for (boolean run : List.of(true, false)) {
      ApiException error = refused(body, run);

      assertEquals(400, error.status());
      assertEquals("bad_json", error.code());
      assertTrue(error.getMessage().startsWith("the body "), error.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 100, 10_000, 32_000})
  void rejectsDeeplyNestedBodies(int depth) {
    for (String body :
        List.of(
            "[".repeat(depth) + "]".repeat(depth),
            run("label", "[".repeat(depth) + "]".repeat(depth)),
            "{\"profile\":".repeat(depth) + "1" + "}".repeat(depth),
            "[".repeat(depth))) {
      ApiException error = refused(body, true);

      assertEquals(400, error.status());
      assertEquals("bad_json", error.code());
      assertEquals(Optional.of("8 levels"), error.limit());
    }
  }

  @Test
  void quotesOnlyAPrefixOfTheRequest() {
    ApiException error = refused(run("k".repeat(60_000), "1"), true);
    ApiException bent = refused(run("a\\u0007\\nb", "1"), true);

    assertEquals(Optional.of("k".repeat(100) + "…"), error.field());
    assertTrue(error.getMessage().length() < 200);
    assertEquals(Optional.of("a\uFFFD\uFFFDb"), bent.field());
  }

  private static ApiException refused(String body, boolean run) {
    return assertThrows(
        ApiException.class,
        () -> {
          Object _ = run ? RequestReader.run(body) : RequestReader.fork(body);
        },
        body);
  }

  private static String run(String name, String value) {
    return in(name, value);
  }

  /** A fork request that is valid except for this field. */
  private static String fork(String name, String value) {
    String parent =
        name.equals("parent_run_id") ? "" : "\"parent_run_id\":\"%s\",".formatted(PARENT);
    String turn = name.equals("parent_t") ? "" : "\"parent_t\":3,";
    return "{" + parent + turn + quoted(name) + ":" + value + "}";
  }

  private static String in(String name, String value) {
    return "{" + quoted(name) + ":" + value + "}";
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  private static List<String> and(List<String> values, String... more) {
    return Stream.concat(values.stream(), Stream.of(more)).toList();
  }

  private static List<String> and(List<String> values, List<String> others, String... more) {
    return Stream.of(values, others, List.of(more)).flatMap(List::stream).toList();
  }
}
