package arena.http;

import arena.run.AnswerFormat;
import arena.run.ForkRequest;
import arena.run.Limits;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.ProfileFields;
import arena.run.PromptVariant;
import arena.run.RunId;
import arena.run.RunRequest;
import arena.text.PlainText;
import arena.world.Age;
import arena.world.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Parses and validates request bodies against {@link Limits}. */
public final class RequestReader {
  private static final List<String> RUN_FIELDS = List.of("scenario", "profile", "n_turns", "label");
  private static final List<String> FORK_FIELDS =
      List.of("parent_run_id", "parent_t", "mutation", "n_turns", "reason", "profile");
  static final List<String> PROFILE_FIELDS =
      List.of("name", "model", "temperature", "prompt_variant", "answer_format");
  static final List<String> MUTATION_FIELDS =
      List.of("food", "wood", "gold", "stone", "population", "pop_cap", "age");

  static final double MAX_TEMPERATURE = 2;

  /**
   * Model ids are visible ASCII without spaces, so that they are safe in URLs, headers and logs.
   */
  private static final Pattern MODEL =
      Pattern.compile(
          "%s|%s|(bedrock|openai|anthropic):[!-~]+"
              .formatted(String.join("|", Profile.SCRIPTED_MODELS), Profile.RECORDED));

  private static final String NAME_LIMIT =
      String.format(
          Locale.ROOT,
          "1 to %d characters; spaces only between others, one at a time, and no other white space",
          Limits.MAX_LABEL);

  private RequestReader() {}

  /**
   * Parses the body of {@code POST /runs}.
   *
   * @throws ApiException if the body is not JSON or a field is invalid
   */
  public static RunRequest run(String json) {
    JsonFields fields = JsonFields.read(json, RUN_FIELDS);
    Scenario scenario =
        fields
            .value("scenario", "a scenario", scenarios(), Scenario::fromLabel)
            .orElse(RunRequest.DEFAULT_SCENARIO);
    Profile profile = profile(fields).withDefaults();
    if (profile.isRecorded()) {
      throw ApiException.invalidField(
          "profile.model",
          "not " + Profile.RECORDED,
          "profile.model is recorded, which plays a parent's turns; use POST /forks");
    }
    int nTurns = nTurns(fields);
    String label =
        fields
            .text("label", 0, Limits.MAX_LABEL)
            .filter(text -> !TextLimits.isBlank(text))
            .orElseGet(() -> RunRequest.defaultLabel(scenario, profile));
    return new RunRequest(scenario, profile, nTurns, label);
  }

  /** The turn of a run that is forked. */
  record Parent(RunId runId, int t) {}

  /** Returns the fields {@code parent_run_id} and {@code parent_t}, which are required. */
  static Parent parent(JsonFields fields) {
    return new Parent(
        fields
            .value("parent_run_id", "a run id", "32 lower-case hex digits", RunId::parse)
            .orElseThrow(() -> fields.missing("parent_run_id", "the id of the run to fork")),
        fields
            .integer("parent_t", 0, Integer.MAX_VALUE)
            .orElseThrow(() -> fields.missing("parent_t", "the turn to fork at")));
  }

  /**
   * Parses the body of {@code POST /forks}. Does not check whether the run and the turn exist.
   *
   * @throws ApiException if the body is not JSON or a field is invalid
   */
  public static ForkRequest fork(String json) {
    JsonFields fields = JsonFields.read(json, FORK_FIELDS);
    Parent parent = parent(fields);
    return new ForkRequest(
        parent.runId(),
        parent.t(),
        fields
            .object("mutation", MUTATION_FIELDS)
            .map(RequestReader::mutation)
            .orElse(Mutation.NONE),
        nTurns(fields),
        fields.text("reason", 0, Limits.MAX_REASON).orElse(""),
        profile(fields));
  }

  /**
   * Parses the body of {@code POST /tickets}; returns the run that the ticket is for, if any.
   *
   * @throws ApiException if the body is not JSON or a field is invalid
   */
  public static Optional<RunId> ticket(String json) {
    return JsonFields.read(json, List.of("run_id"))
        .value("run_id", "a run id", "32 lower-case hex digits", RunId::parse);
  }

  private static int nTurns(JsonFields fields) {
    return fields.integer("n_turns", 0, Limits.MAX_TURNS).orElse(Limits.DEFAULT_TURNS);
  }

  static Mutation mutation(JsonFields fields) {
    return new Mutation(
        fields.number("food", 0, Limits.MAX_RESOURCE),
        fields.number("wood", 0, Limits.MAX_RESOURCE),
        fields.number("gold", 0, Limits.MAX_RESOURCE),
        fields.number("stone", 0, Limits.MAX_RESOURCE),
        fields.integer("population", 0, Limits.MAX_POPULATION),
        fields.integer("pop_cap", 0, Limits.MAX_POPULATION),
        fields.value("age", "an age", ages(), Age::fromLabel));
  }

  /** Reads the field {@code profile} of a request, which may be absent. */
  static ProfileFields profile(JsonFields request) {
    return request
        .object("profile", PROFILE_FIELDS)
        .map(RequestReader::profileFields)
        .orElse(ProfileFields.NONE);
  }

  /** Reads a profile that may omit fields. */
  static ProfileFields profileFields(JsonFields fields) {
    return new ProfileFields(
        name(fields, "name"),
        fields.value(
            "model",
            "a model",
            String.format(
                Locale.ROOT,
                "%s, %s, bedrock:<model id>, openai:<model> or anthropic:<model>; visible ASCII, at most %d characters",
                String.join(", ", Profile.SCRIPTED_MODELS),
                Profile.RECORDED,
                Limits.MAX_MODEL),
            RequestReader::model),
        fields.number("temperature", 0, MAX_TEMPERATURE),
        fields.value("prompt_variant", "a prompt variant", variants(), PromptVariant::fromLabel),
        fields.value(
            "answer_format", "an answer format", answerFormats(), AnswerFormat::fromLabel));
  }

  /**
   * Reads a name, which distinguishes profiles or arms. Names that look the same are equal, as far
   * as spaces and composed letters are concerned: it has no spaces that are easily overlooked, and
   * is returned in Unicode's normalization form C. Case counts.
   */
  static Optional<String> name(JsonFields fields, String field) {
    return fields.value(field, JsonFields.PLAIN, NAME_LIMIT, RequestReader::name);
  }

  private static Optional<String> name(String text) {
    return Optional.of(text)
        .filter(given -> TextLimits.length(given) <= Limits.MAX_LABEL)
        .map(PlainText::composed)
        .filter(name -> TextLimits.length(name) <= Limits.MAX_LABEL)
        .filter(TextLimits::hasSingleSpacesOnly)
        .filter(PlainText::isPlain);
  }

  private static Optional<String> model(String text) {
    return Optional.of(text)
        .filter(model -> model.length() <= Limits.MAX_MODEL)
        .filter(model -> MODEL.matcher(model).matches());
  }

  static String scenarios() {
    return Arrays.stream(Scenario.values()).map(Scenario::label).collect(Collectors.joining(", "));
  }

  private static String variants() {
    return Arrays.stream(PromptVariant.values())
        .map(PromptVariant::label)
        .collect(Collectors.joining(", "));
  }

  private static String answerFormats() {
    return Arrays.stream(AnswerFormat.values())
        .map(AnswerFormat::label)
        .collect(Collectors.joining(", "));
  }

  private static String ages() {
    return Arrays.stream(Age.values()).map(Age::label).collect(Collectors.joining(", "));
  }
}
