package arena.http;

import arena.agent.OfferedModels;
import arena.agent.PriceTable;
import arena.json.Json;
import arena.run.AnswerFormat;
import arena.run.Profile;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
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

  private static final PriceTable.Price FREE = new PriceTable.Price(0, 0, 0, 0, "");

  private final OfferedModels offered;
  private final Supplier<Optional<String>> file;
  private final InstantSource clock;
  private @Nullable Read read;

  private ModelRoutes(OfferedModels offered, Supplier<Optional<String>> file, InstantSource clock) {
    this.offered = offered;
    this.file = file;
    this.clock = clock;
  }

  /**
   * Returns the route by its key.
   *
   * @param presets reads the deployment's presets; empty if it has none
   */
  public static Map<String, Router.Route> over(
      OfferedModels offered, Supplier<Optional<String>> presets, InstantSource clock) {
    ModelRoutes routes = new ModelRoutes(offered, presets, clock);
    return Map.of("GET /models", routes::models);
  }

  /**
   * Validates a deployment's presets, and logs why they cannot be used.
   *
   * @param presets as in {@link #over}
   * @return the problem; empty if there is none
   */
  public static Optional<String> presetsProblem(
      OfferedModels offered, Supplier<Optional<String>> presets) {
    return new ModelRoutes(offered, presets, Instant::now).read(Instant.EPOCH).problem();
  }

  /** A model that is not called: scripted or recorded. */
  private static ObjectNode withoutCalls(String model) {
    return model(model, provider(model), FREE, List.of());
  }

  private static ObjectNode model(PriceTable.ListedModel listed) {
    return model(listed.model(), provider(listed.model()), listed.price(), FORMATS);
  }

  private static String provider(String model) {
    int colon = model.indexOf(':');
    return colon < 0 ? model : model.substring(0, colon);
  }

  /** A model that profiles may name, with what a profile may ask it for. */
  private static ObjectNode model(
      String model, String provider, PriceTable.Price price, List<String> answerFormats) {
    ObjectNode json =
        Json.object()
            .put("model", model)
            .put("provider", provider)
            .put("input_usd_per_million", price.input())
            .put("output_usd_per_million", price.output())
            .put("cached_usd_per_million", price.cached())
            .put("price_date", price.asOf().isEmpty() ? null : price.asOf());
    ArrayNode formats = json.putArray("answer_formats");
    answerFormats.forEach(formats::add);
    return json;
  }

  /** The presets of the file, or why it cannot be used. */
  private record Read(Instant at, List<Presets.Preset> presets, Optional<String> problem) {}

  private Response models(Request request) {
    request.allowQuery();
    Read file = current();
    ObjectNode json = Json.object();
    ArrayNode models = json.putArray("models");
    Profile.SCRIPTED_MODELS.forEach(model -> models.add(withoutCalls(model)));
    models.add(withoutCalls(Profile.RECORDED));
    PriceTable.listed().stream()
        .filter(listed -> offered.offers(listed.model()))
        .map(ModelRoutes::model)
        .forEach(models::add);
    ArrayNode presets = json.putArray("presets");
    Stream.concat(Presets.BUILT_IN.stream(), file.presets().stream())
        .map(Presets.Preset::toJson)
        .forEach(presets::add);
    return Response.of(200, json.put("presets_problem", file.problem().orElse(null)));
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
          file.get().map(text -> Presets.parse(text, offered::offers)).orElse(List.of()),
          Optional.empty());
    } catch (IllegalArgumentException e) {
      LOG.atWarn().addKeyValue("reason", e.getMessage()).log("presets are invalid");
      return new Read(now, List.of(), Optional.ofNullable(e.getMessage()));
    }
  }
}
