package arena.http;

import arena.agent.PriceTable;
import arena.run.AnswerFormat;
import arena.run.Profile;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The route of the models and presets that a deployment offers. Thread-safe. */
public final class ModelRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(ModelRoutes.class);

  /** How long a read file of presets is used. */
  static final Duration MAX_AGE = Duration.ofMinutes(1);

  private static final List<String> FORMATS =
      Arrays.stream(AnswerFormat.values()).map(AnswerFormat::label).toList();

  private final DeploymentJson.Settings settings;
  private final Supplier<Optional<String>> file;
  private final InstantSource clock;
  private @Nullable Read read;

  private ModelRoutes(
      DeploymentJson.Settings settings, Supplier<Optional<String>> file, InstantSource clock) {
    this.settings = settings;
    this.file = file;
    this.clock = clock;
  }

  /**
   * Returns the route by its key.
   *
   * @param presets reads the deployment's presets; empty if it has none
   */
  public static Map<String, Router.Route> over(
      DeploymentJson.Settings settings, Supplier<Optional<String>> presets, InstantSource clock) {
    ModelRoutes routes = new ModelRoutes(settings, presets, clock);
    return Map.of("GET /models", routes::models);
  }

  /**
   * A model that profiles may name. Its prices are null if they are unknown.
   *
   * @param priceDate the month that its prices are of
   * @param answerFormats what a profile may ask it for; none if no model is called
   */
  record Model(
      String model,
      String provider,
      Optional<Double> inputUsdPerMillion,
      Optional<Double> outputUsdPerMillion,
      Optional<Double> cachedUsdPerMillion,
      Optional<String> priceDate,
      List<String> answerFormats) {
    static Model withoutCalls(String model) {
      Optional<Double> free = Optional.of(0.0);
      return new Model(model, model, free, free, free, Optional.empty(), List.of());
    }

    static Model of(PriceTable.ListedModel listed) {
      PriceTable.Price price = listed.price();
      return new Model(
          listed.model(),
          listed.model().substring(0, listed.model().indexOf(':')),
          Optional.of(price.input()),
          Optional.of(price.output()),
          Optional.of(price.cached()),
          Optional.of(price.asOf()),
          FORMATS);
    }
  }

  record Models(
      List<Model> models, List<Presets.Preset> presets, Optional<String> presetsProblem) {}

  /** The presets of the file, or why it cannot be used. */
  private record Read(Instant at, List<Presets.Preset> presets, Optional<String> problem) {}

  private Response models(Request request) {
    request.allowQuery();
    Read file = current();
    List<Model> models = new ArrayList<>();
    models.add(Model.withoutCalls(Profile.SCRIPTED));
    models.add(Model.withoutCalls(Profile.RECORDED));
    PriceTable.listed().stream()
        .filter(listed -> DeploymentJson.offered(settings, listed.model()))
        .map(Model::of)
        .forEach(models::add);
    List<Presets.Preset> presets = new ArrayList<>(Presets.BUILT_IN);
    presets.addAll(file.presets());
    return Response.of(200, new Models(models, presets, file.problem()));
  }

  private synchronized Read current() {
    Instant now = clock.instant();
    if (read == null || read.at().plus(MAX_AGE).isBefore(now)) {
      read = read(now);
    }
    return read;
  }

  private Read read(Instant now) {
    try {
      return new Read(
          now,
          file.get()
              .map(text -> Presets.parse(text, model -> DeploymentJson.offered(settings, model)))
              .orElse(List.of()),
          Optional.empty());
    } catch (IllegalArgumentException e) {
      LOG.atWarn().addKeyValue("reason", e.getMessage()).log("presets are invalid");
      return new Read(now, List.of(), Optional.ofNullable(e.getMessage()));
    }
  }
}
