package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.run.AnswerFormat;
import arena.run.ForkRequest;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.ProfileFields;
import arena.run.PromptVariant;
import arena.run.RunId;
import arena.run.RunRequest;
import arena.world.Age;
import arena.world.Scenario;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** Parsing of valid bodies. */
class RequestReaderTest {
  private static final RunId PARENT = RunId.of("0123456789abcdef0123456789abcdef");

  @Test
  void acceptsAnEmptyRunRequest() {
    assertEquals(
        new RunRequest(Scenario.BALANCED, Profile.DEFAULT, 10, "balanced · scripted-strategy"),
        RequestReader.run("{}"));
  }

  @Test
  void readsAllFieldsOfARun() {
    assertEquals(
        new RunRequest(
            Scenario.FOOD_POOR,
            new Profile("haiku", "bedrock:anthropic.claude", 0.5, PromptVariant.BARE),
            60,
            "lean start"),
        RequestReader.run(
            """
            {"scenario":"food-poor","n_turns":60,"label":"lean start",
             "profile":{"name":"haiku","model":"bedrock:anthropic.claude","temperature":0.5,
                        "prompt_variant":"bare"}}
            """));
  }

  @Test
  void treatsABlankLabelAsAbsent() {
    assertEquals(RequestReader.run("{}"), RequestReader.run("{\"label\":\"  \"}"));
  }

  @Test
  void requiresParentAndTurnOfAFork() {
    assertEquals(
        new ForkRequest(PARENT, 3, Mutation.NONE, 10, "", ProfileFields.NONE),
        RequestReader.fork("{\"parent_run_id\":\"%s\",\"parent_t\":3}".formatted(PARENT)));
  }

  @Test
  void readsAllFieldsOfAFork() {
    assertEquals(
        new ForkRequest(
            PARENT,
            0,
            new Mutation(
                Optional.of(1500.0),
                Optional.of(0.0),
                Optional.of(0.5),
                Optional.of(1e6),
                Optional.of(22),
                Optional.of(30),
                Optional.of(Age.FEUDAL)),
            0,
            "what if",
            new ProfileFields(
                Optional.of("x"),
                Optional.of("scripted"),
                Optional.of(2.0),
                Optional.of(PromptVariant.STRATEGY),
                Optional.of(AnswerFormat.TOOL))),
        RequestReader.fork(
            """
            {"parent_run_id":"%s","parent_t":0,"n_turns":0,"reason":"what if",
             "mutation":{"food":1500,"wood":-0.0,"gold":0.5,"stone":1e6,"population":22,
                         "pop_cap":30,"age":"Feudal Age"},
             "profile":{"name":"x","model":"scripted","temperature":2,
                        "prompt_variant":"strategy","answer_format":"tool"}}
            """
                .formatted(PARENT)));
  }

  @Test
  void acceptsAnEmptyMutation() {
    assertEquals(
        Mutation.NONE,
        RequestReader.fork(
                "{\"parent_run_id\":\"%s\",\"parent_t\":3,\"mutation\":{}}".formatted(PARENT))
            .mutation());
  }

  @Test
  void completesAProfileWithDefaults() {
    assertEquals(Profile.DEFAULT, RequestReader.run("{\"profile\":{}}").profile());
    assertEquals(
        new Profile("openai:llama3-bare", "openai:llama3", 0, PromptVariant.BARE),
        RequestReader.run("{\"profile\":{\"model\":\"openai:llama3\",\"prompt_variant\":\"bare\"}}")
            .profile());
  }

  @Test
  void forkInheritsEachOmittedFieldOfTheProfile() {
    Profile parent = new Profile("mine", "openai:llama3", 0.7, PromptVariant.BARE);
    Map<String, Profile> profiles =
        Map.of(
            "{}", parent,
            "{\"name\":\"x\"}", new Profile("x", "openai:llama3", 0.7, PromptVariant.BARE),
            "{\"model\":\"scripted\"}", new Profile("mine", "scripted", 0.7, PromptVariant.BARE),
            "{\"temperature\":0}", new Profile("mine", "openai:llama3", 0, PromptVariant.BARE),
            "{\"prompt_variant\":\"strategy\"}",
                new Profile("mine", "openai:llama3", 0.7, PromptVariant.STRATEGY),
            "{\"name\":\"x\",\"temperature\":2,\"model\":\"bedrock:m\",\"prompt_variant\":\"strategy\"}",
                new Profile("x", "bedrock:m", 2, PromptVariant.STRATEGY));
    profiles.forEach(
        (json, expected) ->
            assertEquals(
                expected,
                RequestReader.fork(
                        "{\"parent_run_id\":\"%s\",\"parent_t\":3,\"profile\":%s}"
                            .formatted(PARENT, json))
                    .profile()
                    .inheriting(parent),
                json));
  }

  @Test
  void cutsDefaultNamesToTheLimit() {
    RunRequest request =
        RequestReader.run("{\"profile\":{\"model\":\"openai:%s\"}}".formatted("m".repeat(193)));

    assertEquals(100, request.profile().name().length());
    assertEquals(100, request.label().length());
  }

  /** Any text is parsed or rejected with an ApiException. */
  @Property(tries = 2_000)
  void anyTextIsReadOrRefused(@ForAll @StringLength(max = 200) String text) {
    ApiException error = assertThrows(ApiException.class, () -> RequestReader.fork(text));

    assertEquals(text.isEmpty() ? 400 : error.status(), error.status());
  }
}
