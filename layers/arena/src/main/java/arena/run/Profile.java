package arena.run;

import java.util.Objects;

/**
 * What plays a run.
 *
 * @param name shown beside the run, and the {@code agent_id} of its events
 * @param model {@code scripted}, {@code bedrock:<model id>} or {@code openai:<model>}
 * @param temperature from 0 to 2
 * @param promptVariant which prompt the model gets
 */
public record Profile(String name, String model, double temperature, PromptVariant promptVariant) {
  /** The agent that needs no model. */
  public static final String SCRIPTED = "scripted";

  /** What plays when a request names no profile. */
  public static final Profile DEFAULT =
      new Profile("scripted-strategy", SCRIPTED, 0, PromptVariant.STRATEGY);

  public Profile {
    Objects.requireNonNull(name);
    Objects.requireNonNull(model);
    Objects.requireNonNull(promptVariant);
  }

  /** The name of a profile that was given none: its model and how much that is told. */
  public static String defaultName(String model, PromptVariant promptVariant) {
    return Limits.cut(model + "-" + promptVariant.label(), Limits.MAX_LABEL);
  }
}
