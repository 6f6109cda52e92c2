package arena.agent;

import arena.run.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The models that a deployment offers, by its settings.
 *
 * @param bedrockModels ids of the Bedrock models that may be used, with {@code *} as wildcard;
 *     empty for none
 * @param openAi whether an OpenAI-compatible endpoint is configured
 * @param anthropic whether the Messages API is configured
 */
public record OfferedModels(String bedrockModels, boolean openAi, boolean anthropic) {
  private static final String BEDROCK = "bedrock:";
  private static final String OPENAI = "openai:";
  private static final String ANTHROPIC = "anthropic:";

  /** An ARN of an inference profile: its model's permission limits what it may call. */
  private static final String ARN = "arn:";

  /** Reads {@code ARENA_BEDROCK_MODELS} and the base URLs of the services. */
  public static OfferedModels of(Map<String, String> environment) {
    return new OfferedModels(
        environment.getOrDefault("ARENA_BEDROCK_MODELS", ""),
        isSet(environment, ModelService.OPENAI),
        isSet(environment, ModelService.ANTHROPIC));
  }

  private static boolean isSet(Map<String, String> environment, ModelService service) {
    return !environment.getOrDefault(service.baseVariable(), "").isBlank();
  }

  /** Whether profiles with this model can be played. */
  public boolean offers(String model) {
    if (Profile.isScripted(model)) {
      return true;
    }
    if (model.startsWith(OPENAI)) {
      return openAi;
    }
    if (model.startsWith(ANTHROPIC)) {
      return anthropic;
    }
    if (!model.startsWith(BEDROCK) || bedrockModels.isEmpty()) {
      return false;
    }
    String id = model.substring(BEDROCK.length());
    String pattern = Pattern.quote(bedrockModels).replace("*", "\\E.*\\Q");
    return id.startsWith(ARN)
        || Pattern.matches(pattern, id)
        || Pattern.matches(pattern, PriceTable.withoutRegion(id));
  }

  /** Describes the models, for an error message. */
  public String description() {
    List<String> models = new ArrayList<>(Profile.SCRIPTED_MODELS);
    if (!bedrockModels.isEmpty()) {
      models.add(BEDROCK + bedrockModels);
    }
    if (openAi) {
      models.add(OPENAI + "<model>");
    }
    if (anthropic) {
      models.add(ANTHROPIC + "<model>");
    }
    return String.join(", ", models);
  }
}
