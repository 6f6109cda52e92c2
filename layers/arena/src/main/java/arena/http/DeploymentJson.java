package arena.http;

import arena.agent.PriceTable;
import arena.run.AnswerFormat;
import arena.run.Limits;
import arena.run.Profile;
import arena.run.ProfileFields;
import arena.run.PromptVariant;
import arena.world.Age;
import arena.world.Building;
import arena.world.Scenario;
import arena.world.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a deployment offers, for clients that let a person choose. */
public final class DeploymentJson {
  private static final String BEDROCK = "bedrock:";
  private static final String OPENAI = "openai:";
  private static final String ANTHROPIC = "anthropic:";

  private DeploymentJson() {}

  /**
   * The settings of a deployment.
   *
   * @param webSocketUrl address of the WebSocket interface
   * @param tokenRequired whether calls need a token
   * @param bedrockModels ids of the Bedrock models that may be used, with {@code *} as wildcard;
   *     empty for none
   * @param openAi whether an OpenAI-compatible endpoint is configured
   * @param anthropic whether Anthropic's API is configured
   * @param payloadOrigin origin of the addresses of large payloads
   */
  public record Settings(
      String webSocketUrl,
      boolean tokenRequired,
      String bedrockModels,
      boolean openAi,
      boolean anthropic,
      String payloadOrigin) {}

  record Deployment(
      String version,
      String websocketUrl,
      boolean tokenRequired,
      List<Start> scenarios,
      List<RunJson.Profile> profiles,
      List<Model> models,
      Bounds limits,
      Rules rules) {}

  /** A scenario with the world at turn 0. */
  record Start(String name, double food, double wood, int population, int popCap) {
    static Start of(Scenario scenario) {
      World start = scenario.start();
      return new Start(
          scenario.label(), start.food(), start.wood(), start.population(), start.popCap());
    }
  }

  /** A model with its price; null if it is unknown. */
  record Model(
      String model, Optional<Double> inputUsdPerMillion, Optional<Double> outputUsdPerMillion) {}

  /** What actions cost and bring, as the world applies them; durations in turns. */
  record Rules(
      double villagerFood,
      int villagerTurns,
      List<Construction> buildings,
      double ageUpFood,
      int ageUpPopulation,
      List<String> ageUpBuildings,
      int ageUpTurns) {
    static Rules ofWorld() {
      return new Rules(
          World.VILLAGER_FOOD,
          World.VILLAGER_TICKS,
          Arrays.stream(Building.values()).map(Construction::of).toList(),
          World.FEUDAL_FOOD,
          World.FEUDAL_POPULATION,
          World.FEUDAL_BUILDINGS.stream().map(Building::label).toList(),
          World.FEUDAL_TICKS);
    }
  }

  /** A building with the {@code building_key} of its action. */
  record Construction(String buildingKey, String name, int wood, int popCap) {
    static Construction of(Building building) {
      return new Construction(
          building.key(),
          building.label(),
          building.wood(),
          building == Building.HOUSE ? World.HOUSE_POP_CAP : 0);
    }
  }

  /** Limits of requests: inclusive; lengths in code points. */
  record Bounds(
      int maxTurns,
      int defaultTurns,
      int maxLabel,
      int maxReason,
      int maxModel,
      double maxTemperature,
      double maxResource,
      int maxPopulation,
      int maxPopCap,
      int maxRunsPage,
      int maxEventsPage,
      int maxSeriesRuns,
      List<String> ages,
      List<String> promptVariants,
      List<String> answerFormats) {
    static Bounds ofRequests() {
      return new Bounds(
          Limits.MAX_TURNS,
          Limits.DEFAULT_TURNS,
          Limits.MAX_LABEL,
          Limits.MAX_REASON,
          Limits.MAX_MODEL,
          RequestReader.MAX_TEMPERATURE,
          Limits.MAX_RESOURCE,
          Limits.MAX_POPULATION,
          Limits.MAX_POPULATION,
          Limits.MAX_RUNS_PAGE,
          Limits.MAX_EVENTS_PAGE,
          Limits.MAX_SERIES_RUNS,
          Arrays.stream(Age.values()).map(Age::label).toList(),
          Arrays.stream(PromptVariant.values()).map(PromptVariant::label).toList(),
          Arrays.stream(AnswerFormat.values()).map(AnswerFormat::label).toList());
    }
  }

  /**
   * Describes a deployment: its models are the scripted agent and those of the price table that its
   * settings allow; each has a profile for each prompt variant.
   */
  static Deployment of(String version, Settings settings) {
    List<Model> models = new ArrayList<>();
    models.add(new Model(Profile.SCRIPTED, Optional.of(0.0), Optional.of(0.0)));
    PriceTable.listed().stream()
        .filter(listed -> offered(settings, listed.model()))
        .map(
            listed ->
                new Model(
                    listed.model(),
                    Optional.of(listed.price().input()),
                    Optional.of(listed.price().output())))
        .forEach(models::add);
    return new Deployment(
        version,
        settings.webSocketUrl(),
        settings.tokenRequired(),
        Arrays.stream(Scenario.values()).map(Start::of).toList(),
        models.stream().map(Model::model).flatMap(model -> profiles(model).stream()).toList(),
        models,
        Bounds.ofRequests(),
        Rules.ofWorld());
  }

  /** Whether a deployment with these settings can play with a model. */
  static boolean offered(Settings settings, String model) {
    if (model.equals(Profile.SCRIPTED)) {
      return true;
    }
    if (model.startsWith(OPENAI)) {
      return settings.openAi();
    }
    if (model.startsWith(ANTHROPIC)) {
      return settings.anthropic();
    }
    String id = model.substring(model.indexOf(':') + 1);
    return model.startsWith(BEDROCK)
        && Pattern.matches(Pattern.quote(settings.bedrockModels()).replace("*", "\\E.*\\Q"), id);
  }

  /** The default variant, which is the last one, first. */
  private static List<RunJson.Profile> profiles(String model) {
    return Arrays.asList(PromptVariant.values()).reversed().stream()
        .map(
            variant ->
                new ProfileFields(
                        Optional.empty(),
                        Optional.of(model),
                        Optional.empty(),
                        Optional.of(variant),
                        Optional.empty())
                    .withDefaults())
        .map(RunJson.Profile::of)
        .toList();
  }
}
