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
 */
public record OfferedModels(String bedrockModels, boolean openAi) {
  private static final String BEDROCK = "bedrock:";
  private static final String OPENAI = "openai:";

  /** An ARN of an inference profile: its model's permission limits what it may call. */
  private static final String ARN = "arn:";

  /** Reads {@code ARENA_BEDROCK_MODELS} and {@code ARENA_OPENAI_BASE_URL}. */
  public static OfferedModels of(Map<String, String> environment) {
    return new OfferedModels(
        environment.getOrDefault("ARENA_BEDROCK_MODELS", ""),
        !environment.getOrDefault("ARENA_OPENAI_BASE_URL", "").isBlank());
  }

  /** Whether profiles with this model can be played. */
  public boolean offers(String model) {
    if (Profile.isScripted(model)) {
      return true;
    }
    if (model.startsWith(OPENAI)) {
      return openAi;
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
    return String.join(", ", models);
  }
}
