package arena.run;

import java.util.Objects;

/**
 * The agent configuration of a run.
 *
 * @param name display name, and the {@code agent_id} of the run's events
 * @param model {@code scripted}, {@code bedrock:<model id>} or {@code openai:<model>}
 * @param temperature from 0 to 2
 * @param promptVariant the model's system prompt
 */
public record Profile(String name, String model, double temperature, PromptVariant promptVariant) {
  /** The deterministic agent without a model. */
  public static final String SCRIPTED = "scripted";

  /** The profile of requests without one. */
  public static final Profile DEFAULT =
      new Profile("scripted-strategy", SCRIPTED, 0, PromptVariant.STRATEGY);

  public Profile {
    Objects.requireNonNull(name);
    Objects.requireNonNull(model);
    Objects.requireNonNull(promptVariant);
  }

  /** Returns a copy with another name. */
  Profile withName(String other) {
    return new Profile(other, model, temperature, promptVariant);
  }

  /** The default name: model and prompt variant. */
  public static String defaultName(String model, PromptVariant promptVariant) {
    return Limits.cut(model + "-" + promptVariant.label(), Limits.MAX_LABEL);
  }
}
