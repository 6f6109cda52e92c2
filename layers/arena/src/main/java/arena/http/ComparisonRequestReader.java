package arena.http;

import arena.comparison.Budget;
import arena.comparison.ComparisonRequest;
import arena.comparison.CreateComparison;
import arena.run.Limits;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.ProfileFields;
import arena.world.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Parses and validates the bodies that create experiments and races against {@link Limits}. */
public final class ComparisonRequestReader {
  private static final List<String> EXPERIMENT_FIELDS =
      List.of(
          "parent_run_id",
          "parent_t",
          "arms",
          "control",
          "replicas",
          "n_turns",
          "label",
          "budget",
          "seed",
          "dry_run");
  private static final List<String> ARM_FIELDS = List.of("name", "mutation", "profile");
  private static final List<String> RACE_FIELDS =
      List.of("profiles", "scenarios", "rounds", "n_turns", "label", "budget", "seed", "dry_run");
  private static final List<String> BUDGET_FIELDS = List.of("usd", "turns");

  private ComparisonRequestReader() {}

  /**
   * Parses the body of {@code POST /experiments}. Does not check whether the run and the turn
   * exist.
   *
   * @throws ApiException if the body is not JSON or a field is invalid
   */
  public static ComparisonRequest.OfExperiment experiment(String json) {
    JsonFields fields = JsonFields.read(json, EXPERIMENT_FIELDS);
    RequestReader.Parent parent = RequestReader.parent(fields);
    List<JsonFields> items =
        fields
            .objects("arms", Limits.MIN_ARMS, Limits.MAX_ARMS, ARM_FIELDS)
            .orElseThrow(
                () ->
                    fields.missing(
                        "arms",
                        String.format(
                            Locale.ROOT, "%d to %d arms", Limits.MIN_ARMS, Limits.MAX_ARMS)));
    List<ComparisonRequest.Arm> arms = items.stream().map(ComparisonRequestReader::arm).toList();
    requireUnique("arms", arms.stream().map(ComparisonRequest.Arm::name).toList());
    return new ComparisonRequest.OfExperiment(
        parent.runId(),
        parent.t(),
        arms,
        RequestReader.name(fields, "control"),
        fields.integer("replicas", 1, Limits.MAX_REPLICAS).orElse(Limits.DEFAULT_REPLICAS),
        common(fields, Limits.DEFAULT_TURNS));
  }

  private static ComparisonRequest.Arm arm(JsonFields fields) {
    return new ComparisonRequest.Arm(
        RequestReader.name(fields, "name")
            .orElseThrow(() -> fields.missing("name", "the name of the arm")),
        fields
            .object("mutation", RequestReader.MUTATION_FIELDS)
            .map(RequestReader::mutation)
            .orElse(Mutation.NONE),
        RequestReader.profile(fields));
  }

  /**
   * Parses the body of {@code POST /races}.
   *
   * @throws ApiException if the body is not JSON or a field is invalid
   */
  public static ComparisonRequest.OfRace race(String json) {
    JsonFields fields = JsonFields.read(json, RACE_FIELDS);
    List<Profile> profiles =
        fields
            .objects(
                "profiles",
                Limits.MIN_RACE_PROFILES,
                Limits.MAX_RACE_PROFILES,
                RequestReader.PROFILE_FIELDS)
            .orElseThrow(
                () ->
                    fields.missing(
                        "profiles",
                        String.format(
                            Locale.ROOT,
                            "%d to %d profiles",
                            Limits.MIN_RACE_PROFILES,
                            Limits.MAX_RACE_PROFILES)))
            .stream()
            .map(RequestReader::profileFields)
            .map(ProfileFields::withDefaults)
            .toList();
    requireUnique("profiles", profiles.stream().map(Profile::name).toList());
    List<Scenario> scenarios =
        fields
            .values(
                "scenarios",
                1,
                Scenario.values().length,
                "a scenario",
                RequestReader.scenarios(),
                Scenario::fromLabel)
            .orElseGet(() -> Arrays.asList(Scenario.values()));
    CreateComparison.repeated(scenarios.stream().map(Scenario::label).toList())
        .ifPresent(
            repeated -> {
              throw ApiException.invalidField(
                  "scenarios", "each at most once", "scenarios has " + repeated + " twice");
            });
    return new ComparisonRequest.OfRace(
        profiles,
        scenarios,
        fields.integer("rounds", 1, Limits.MAX_ROUNDS).orElse(Limits.DEFAULT_ROUNDS),
        common(fields, Limits.DEFAULT_RACE_TURNS));
  }

  /**
   * Parses the body of {@code POST /experiments/{experiment_id}/replicas}: the new number of
   * replicas.
   *
   * @throws ApiException if the body is not JSON or the field is invalid
   */
  public static int replicas(String json) {
    JsonFields fields = JsonFields.read(json, List.of("replicas"));
    return fields
        .integer("replicas", 1, Limits.MAX_REPLICAS)
        .orElseThrow(() -> fields.missing("replicas", "the new number of replicas"));
  }

  private static void requireUnique(String list, List<String> names) {
    CreateComparison.repeated(names)
        .ifPresent(
            name -> {
              String field = list + "[" + names.lastIndexOf(name) + "].name";
              throw ApiException.invalidField(
                  field, "unique", field + " must be unique: it is " + name + " twice");
            });
  }

  private static ComparisonRequest.Common common(JsonFields fields, int defaultTurns) {
    return new ComparisonRequest.Common(
        fields.integer("n_turns", 1, Limits.MAX_TURNS).orElse(defaultTurns),
        fields.text("label", 0, Limits.MAX_LABEL).filter(text -> !TextLimits.isBlank(text)),
        fields
            .object("budget", BUDGET_FIELDS)
            .map(
                budget ->
                    new Budget(
                        budget.number("usd", Limits.MIN_BUDGET_USD, Limits.MAX_BUDGET_USD),
                        budget.integer("turns", 1L, (long) Limits.MAX_BUDGET_TURNS)))
            .orElse(Budget.NONE),
        fields.integer("seed", 0L, Limits.MAX_SEED),
        fields.flag("dry_run").orElse(false));
  }
}
