package arena.http;

import arena.agent.OfferedModels;
import arena.agent.PriceTable;
import arena.json.Json;
import arena.run.AnswerFormat;
import arena.run.Limits;
import arena.run.Profile;
import arena.run.ProfileFields;
import arena.run.PromptVariant;
import arena.world.Age;
import arena.world.Building;
import arena.world.Scenario;
import arena.world.World;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a deployment offers, for clients that let a person choose. */
public final class DeploymentJson {
  private DeploymentJson() {}

  /**
   * The settings of a deployment.
   *
   * @param webSocketUrl address of the WebSocket interface
   * @param tokenRequired whether calls need a token
   * @param models the models that it offers
   * @param payloadOrigin origin of the addresses of large payloads
   */
  public record Settings(
      String webSocketUrl, boolean tokenRequired, OfferedModels models, String payloadOrigin) {}

  /** A model with its price; empty if it is unknown. */
  private record Model(String model, Optional<Double> inputPrice, Optional<Double> outputPrice) {
    ObjectNode toJson() {
      return Json.object()
          .put("model", model)
          .put("input_usd_per_million", inputPrice.orElse(null))
          .put("output_usd_per_million", outputPrice.orElse(null));
    }
  }

  /** A scenario with the world at turn 0. */
  private static ObjectNode start(Scenario scenario) {
    World start = scenario.start();
    return Json.object()
        .put("name", scenario.label())
        .put("food", start.food())
        .put("wood", start.wood())
        .put("population", start.population())
        .put("pop_cap", start.popCap());
  }

  /** What actions cost and bring, as the world applies them; durations in turns. */
  private static ObjectNode rules() {
    ObjectNode json =
        Json.object()
            .put("villager_food", World.VILLAGER_FOOD)
            .put("villager_turns", World.VILLAGER_TICKS);
    ArrayNode buildings = json.putArray("buildings");
    Stream.of(Building.values()).map(DeploymentJson::building).forEach(buildings::add);
    json.put("age_up_food", World.FEUDAL_FOOD).put("age_up_population", World.FEUDAL_POPULATION);
    ArrayNode required = json.putArray("age_up_buildings");
    World.FEUDAL_BUILDINGS.stream().map(Building::label).forEach(required::add);
    return json.put("age_up_turns", World.FEUDAL_TICKS);
  }

  /** A building with the {@code building_key} of its action. */
  private static ObjectNode building(Building building) {
    return Json.object()
        .put("building_key", building.key())
        .put("name", building.label())
        .put("wood", building.wood())
        .put("pop_cap", building == Building.HOUSE ? World.HOUSE_POP_CAP : 0);
  }

  /** Limits of requests: inclusive; lengths in code points. */
  private static ObjectNode limits() {
    ObjectNode json =
        Json.object()
            .put("max_turns", Limits.MAX_TURNS)
            .put("default_turns", Limits.DEFAULT_TURNS)
            .put("max_label", Limits.MAX_LABEL)
            .put("max_reason", Limits.MAX_REASON)
            .put("max_model", Limits.MAX_MODEL)
            .put("max_temperature", RequestReader.MAX_TEMPERATURE)
            .put("max_resource", Limits.MAX_RESOURCE)
            .put("max_population", Limits.MAX_POPULATION)
            .put("max_pop_cap", Limits.MAX_POPULATION)
            .put("max_runs_page", Limits.MAX_RUNS_PAGE)
            .put("max_events_page", Limits.MAX_EVENTS_PAGE)
            .put("max_series_runs", Limits.MAX_SERIES_RUNS);
    ArrayNode ages = json.putArray("ages");
    Stream.of(Age.values()).map(Age::label).forEach(ages::add);
    ArrayNode variants = json.putArray("prompt_variants");
    Stream.of(PromptVariant.values()).map(PromptVariant::label).forEach(variants::add);
    ArrayNode formats = json.putArray("answer_formats");
    Stream.of(AnswerFormat.values()).map(AnswerFormat::label).forEach(formats::add);
    return json;
  }

  /**
   * Describes a deployment: its models are the scripted agent and those of the price table that its
   * settings allow; each has a profile for each prompt variant.
   */
  static ObjectNode of(String version, Settings settings) {
    List<Model> models = new ArrayList<>();
    Profile.SCRIPTED_MODELS.forEach(
        model -> models.add(new Model(model, Optional.of(0.0), Optional.of(0.0))));
    PriceTable.listed().stream()
        .filter(listed -> settings.models().offers(listed.model()))
        .map(
            listed ->
                new Model(
                    listed.model(),
                    Optional.of(listed.price().input()),
                    Optional.of(listed.price().output())))
        .forEach(models::add);
    ObjectNode json =
        Json.object()
            .put("version", version)
            .put("websocket_url", settings.webSocketUrl())
            .put("token_required", settings.tokenRequired());
    ArrayNode scenarios = json.putArray("scenarios");
    Stream.of(Scenario.values()).map(DeploymentJson::start).forEach(scenarios::add);
    ArrayNode profiles = json.putArray("profiles");
    models.forEach(model -> profiles(model.model()).forEach(profiles::add));
    ArrayNode priced = json.putArray("models");
    models.forEach(model -> priced.add(model.toJson()));
    json.set("limits", limits());
    return json.set("rules", rules());
  }

  /**
   * The default variant, which is the last one, first. The strategies of the scripted agent do not
   * depend on it.
   */
  private static List<ObjectNode> profiles(String model) {
    boolean anyVariant = !Profile.isScripted(model) || model.equals(Profile.SCRIPTED);
    return Arrays.asList(PromptVariant.values()).reversed().stream()
        .limit(anyVariant ? PromptVariant.values().length : 1)
        .map(
            variant ->
                new ProfileFields(
                        Optional.empty(),
                        Optional.of(model),
                        Optional.empty(),
                        Optional.of(variant),
                        Optional.empty())
                    .withDefaults())
        .map(RunJson::profile)
        .toList();
  }
}
