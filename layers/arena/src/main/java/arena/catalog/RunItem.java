package arena.catalog;

import arena.codec.Timestamps;
import arena.dynamo.Attributes;
import arena.run.AnswerFormat;
import arena.run.Failure;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.Prompt;
import arena.run.PromptVariant;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.run.Usage;
import arena.world.Age;
import arena.world.Score;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Converts runs to and from items of the catalog table. The journal updates {@link #N_EVENTS} to
 * {@link #LAST_TS} in its transactions.
 */
public final class RunItem {
  /** The table's key. */
  public static final String RUN_ID = "run_id";

  /** Label of the run's status. */
  public static final String STATUS = "status";

  /** Events in the journal. */
  public static final String N_EVENTS = "n_events";

  /** Turn of the last event. */
  public static final String LAST_T = "last_t";

  /** Time of the first event; absent without events. */
  public static final String FIRST_TS = "first_ts";

  /** Time of the last event; absent without events. */
  public static final String LAST_TS = "last_ts";

  /** See {@link Run.Progress}; absent if the run does not depart. */
  static final String DEPARTS_AT = "departs_at";

  static final String CREATED_AT = "created_at";
  static final String ENDED_AT = "ended_at";
  static final String DB_PATH = "db_path";
  static final String FAILURE = "failure";
  static final String SUMMARY = "summary";

  // see CreationRecords
  static final String REQUEST = "request";
  static final String COUNTERS = "counters_at_start";

  // A row is in an index if it has the attribute with the index's name.
  static final String LISTED = "listed";
  static final String ARCHIVED = "archived";
  static final String HELD = "held";
  static final String RUNNING = "running";

  /** The parent's id, of a fork; also the index of children. */
  static final String PARENT = "parent";

  /** The value of the index attributes, except of status and parent. */
  static final AttributeValue IN = AttributeValue.fromS("1");

  private RunItem() {}

  /** Returns the key of a run's row. */
  public static Map<String, AttributeValue> key(RunId runId) {
    return key(runId.value());
  }

  /** Returns the key of an item that is not a run's row. */
  static Map<String, AttributeValue> key(String id) {
    return Map.of(RUN_ID, Attributes.of(id));
  }

  /** Returns the run id of a row or of its key. */
  static RunId runId(Map<String, AttributeValue> row) {
    return RunId.of(Attributes.text(row, RUN_ID));
  }

  /**
   * Returns the initial row of a run, in the indexes listed, running, held and status, and a fork's
   * also in the index parent.
   *
   * @throws IllegalArgumentException if the run has ended or is archived
   */
  public static Map<String, AttributeValue> ofNew(Run run) {
    if (run.status() != RunStatus.RUNNING || run.archived() || run.endedAt().isPresent()) {
      throw new IllegalArgumentException("run %s is not a new run".formatted(run.runId()));
    }
    Map<String, AttributeValue> row = new HashMap<>(key(run.runId()));
    row.put("label", Attributes.of(run.label()));
    row.put(STATUS, Attributes.of(run.status().label()));
    row.put("profile", Attributes.of(profile(run.profile())));
    run.prompt().ifPresent(prompt -> row.put("prompt", Attributes.of(prompt(prompt))));
    row.put("scenario", Attributes.of(run.scenario()));
    row.put("t0", Attributes.of(run.t0()));
    row.put("n_turns", Attributes.of(run.nTurns()));
    run.origin().ifPresent(origin -> row.put("origin", Attributes.of(origin(origin))));
    run.origin().ifPresent(origin -> row.put(PARENT, Attributes.of(origin.parentRunId().value())));
    row.put(N_EVENTS, Attributes.of(run.nEvents()));
    row.put(LAST_T, Attributes.of(run.lastT()));
    row.put(CREATED_AT, Attributes.of(Timestamps.write(run.createdAt())));
    run.firstTs().ifPresent(ts -> row.put(FIRST_TS, Attributes.of(Timestamps.write(ts))));
    run.lastTs().ifPresent(ts -> row.put(LAST_TS, Attributes.of(Timestamps.write(ts))));
    row.put(LISTED, IN);
    row.put(HELD, IN);
    row.put(RUNNING, IN);
    return row;
  }

  /**
   * Converts a row to a run.
   *
   * @throws IllegalStateException if the row is invalid
   */
  public static Run read(Map<String, AttributeValue> row) {
    return new Run(
        runId(row),
        Attributes.text(row, "label"),
        Timestamps.read(Attributes.text(row, CREATED_AT)),
        new Run.Plan(
            readProfile(map(row, "profile")),
            Attributes.findMap(row, "prompt").map(RunItem::readPrompt).orElse(null),
            Attributes.text(row, "scenario"),
            Attributes.integer(row, "t0"),
            Attributes.integer(row, "n_turns"),
            Attributes.findMap(row, "origin").map(RunItem::readOrigin).orElse(null)),
        new Run.Progress(
            Attributes.whole(row, N_EVENTS),
            Attributes.integer(row, LAST_T),
            Attributes.findText(row, FIRST_TS).map(Timestamps::read).orElse(null),
            Attributes.findText(row, LAST_TS).map(Timestamps::read).orElse(null),
            Attributes.findWhole(row, DEPARTS_AT).map(Math::toIntExact).orElse(null)),
        new Run.Outcome(
            RunStatus.fromLabel(Attributes.text(row, STATUS)),
            Attributes.findText(row, ENDED_AT).map(Timestamps::read).orElse(null),
            Attributes.findText(row, DB_PATH).orElse(""),
            Attributes.findMap(row, FAILURE).map(RunItem::readFailure).orElse(null),
            Attributes.findMap(row, SUMMARY).map(RunItem::readSummary).orElse(null)));
  }

  /** Converts a failure to an attribute map. */
  public static Map<String, AttributeValue> failure(Failure failure) {
    return Map.of(
        "code", Attributes.of(failure.code()), "message", Attributes.of(failure.message()));
  }

  /** Converts an attribute map to a failure. */
  public static Failure readFailure(Map<String, AttributeValue> map) {
    return new Failure(Attributes.text(map, "code"), Attributes.text(map, "message"));
  }

  static Map<String, AttributeValue> summary(Run.Summary summary) {
    return Map.of(
        "total_cost_usd", Attributes.of(summary.totalCostUsd()),
        "n_turns", Attributes.of(summary.nTurns()),
        "final_age", Attributes.of(summary.finalAge()),
        "final_age_index", Attributes.of(summary.score().ageIndex()),
        "final_population", Attributes.of(summary.score().population()),
        "final_economy", Attributes.of(summary.score().economy()),
        "tokens_in", Attributes.of(summary.usage().tokensIn()),
        "tokens_out", Attributes.of(summary.usage().tokensOut()),
        "tokens_cached", Attributes.of(summary.usage().tokensCached()),
        "model_ms", Attributes.of(summary.usage().modelMs()));
  }

  private static Run.Summary readSummary(Map<String, AttributeValue> map) {
    return new Run.Summary(
        Attributes.real(map, "total_cost_usd"),
        Attributes.integer(map, "n_turns"),
        Attributes.text(map, "final_age"),
        new Score(
            Attributes.integer(map, "final_age_index"),
            Attributes.integer(map, "final_population"),
            Attributes.real(map, "final_economy")),
        new Usage(
            usage(map, "tokens_in"),
            usage(map, "tokens_out"),
            usage(map, "tokens_cached"),
            usage(map, "model_ms")));
  }

  /** 0 in a summary from before usage was recorded. */
  private static long usage(Map<String, AttributeValue> map, String name) {
    return Attributes.findWhole(map, name).orElse(0L);
  }

  /** Converts a profile to an attribute map. */
  public static Map<String, AttributeValue> profile(Profile profile) {
    return Map.of(
        "name", Attributes.of(profile.name()),
        "model", Attributes.of(profile.model()),
        "temperature", Attributes.of(profile.temperature()),
        "prompt_variant", Attributes.of(profile.promptVariant().label()),
        "answer_format", Attributes.of(profile.answerFormat().label()));
  }

  /** Converts an attribute map to a profile. */
  public static Profile readProfile(Map<String, AttributeValue> map) {
    String variant = Attributes.text(map, "prompt_variant");
    return new Profile(
        Attributes.text(map, "name"),
        Attributes.text(map, "model"),
        Attributes.real(map, "temperature"),
        PromptVariant.fromLabel(variant)
            .orElseThrow(() -> new IllegalStateException("unknown prompt_variant " + variant)),
        Attributes.findText(map, "answer_format")
            .map(RunItem::readAnswerFormat)
            .orElse(AnswerFormat.TEXT)); // a row from before there was one
  }

  private static AnswerFormat readAnswerFormat(String label) {
    return AnswerFormat.fromLabel(label)
        .orElseThrow(() -> new IllegalStateException("unknown answer_format " + label));
  }

  private static Map<String, AttributeValue> prompt(Prompt prompt) {
    return Map.of(
        "version", Attributes.of(prompt.version()), "sha256", Attributes.of(prompt.sha256()));
  }

  private static Prompt readPrompt(Map<String, AttributeValue> map) {
    return new Prompt(Attributes.text(map, "version"), Attributes.text(map, "sha256"));
  }

  private static Map<String, AttributeValue> origin(Run.Origin origin) {
    return Map.of(
        "parent_run_id", Attributes.of(origin.parentRunId().value()),
        "parent_t", Attributes.of(origin.parentT()),
        "mutation", Attributes.of(mutation(origin.mutation())),
        "reason", Attributes.of(origin.reason()));
  }

  private static Run.Origin readOrigin(Map<String, AttributeValue> map) {
    return new Run.Origin(
        RunId.of(Attributes.text(map, "parent_run_id")),
        Attributes.integer(map, "parent_t"),
        readMutation(map(map, "mutation")),
        Attributes.text(map, "reason"));
  }

  /** Converts a mutation to an attribute map. */
  public static Map<String, AttributeValue> mutation(Mutation mutation) {
    Map<String, AttributeValue> map = new HashMap<>();
    mutation.food().ifPresent(food -> map.put("food", Attributes.of((double) food)));
    mutation.wood().ifPresent(wood -> map.put("wood", Attributes.of((double) wood)));
    mutation.gold().ifPresent(gold -> map.put("gold", Attributes.of((double) gold)));
    mutation.stone().ifPresent(stone -> map.put("stone", Attributes.of((double) stone)));
    mutation.population().ifPresent(count -> map.put("population", Attributes.of((long) count)));
    mutation.popCap().ifPresent(count -> map.put("pop_cap", Attributes.of((long) count)));
    mutation.age().ifPresent(age -> map.put("age", Attributes.of(age.label())));
    return map;
  }

  /** Converts an attribute map to a mutation. */
  public static Mutation readMutation(Map<String, AttributeValue> map) {
    return new Mutation(
        Attributes.findReal(map, "food"),
        Attributes.findReal(map, "wood"),
        Attributes.findReal(map, "gold"),
        Attributes.findReal(map, "stone"),
        Attributes.findWhole(map, "population").map(Math::toIntExact),
        Attributes.findWhole(map, "pop_cap").map(Math::toIntExact),
        Attributes.findText(map, "age").map(RunItem::readAge));
  }

  private static Age readAge(String label) {
    return Age.fromLabel(label)
        .orElseThrow(() -> new IllegalStateException("unknown age " + label));
  }

  private static Map<String, AttributeValue> map(Map<String, AttributeValue> row, String name) {
    return Attributes.findMap(row, name)
        .orElseThrow(() -> new IllegalStateException("missing attribute " + name));
  }
}
