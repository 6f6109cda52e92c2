package arena.run;

import java.util.List;
import java.util.Objects;

/**
 * The agent configuration of a run.
 *
 * @param name display name, and the {@code agent_id} of the run's events
 * @param model {@code scripted} or one of its strategies, such as {@code scripted:boom}; {@code
 *     recorded}, {@code bedrock:<model id>}, {@code openai:<model>} or {@code anthropic:<model>}
 * @param temperature from 0 to 2
 * @param promptVariant the model's system prompt
 * @param answerFormat the form in which the model is asked for its actions
 */
public record Profile(
    String name,
    String model,
    double temperature,
    PromptVariant promptVariant,
    AnswerFormat answerFormat) {
  /** The deterministic agent without a model. */
  public static final String SCRIPTED = "scripted";

  /** The strategies of the scripted agent, each a model; the first one is the default. */
  public static final List<String> SCRIPTED_MODELS =
      List.of(SCRIPTED, "scripted:boom", "scripted:rush", "scripted:idle");

  /** The agent that plays the recorded turns of a fork's parent again. */
  public static final String RECORDED = "recorded";

  /** The profile of requests without one. */
  public static final Profile DEFAULT =
      new Profile("scripted-strategy", SCRIPTED, 0, PromptVariant.STRATEGY);

  public Profile {
    Objects.requireNonNull(name);
    Objects.requireNonNull(model);
    Objects.requireNonNull(promptVariant);
    Objects.requireNonNull(answerFormat);
  }

  /** Creates a profile that asks for text. */
  public Profile(String name, String model, double temperature, PromptVariant promptVariant) {
    this(name, model, temperature, promptVariant, AnswerFormat.TEXT);
  }

  /** Whether the parent's log is played again, without a call of a model. */
  public boolean isRecorded() {
    return model.equals(RECORDED);
  }

  /** Whether a model is called. */
  public boolean callsModel() {
    return !isScripted(model) && !isRecorded();
  }

  /** Whether a model is the scripted agent, with any of its strategies. */
  public static boolean isScripted(String model) {
    return SCRIPTED_MODELS.contains(model);
  }

  /** Returns a copy with another name. */
  public Profile withName(String other) {
    return new Profile(other, model, temperature, promptVariant, answerFormat);
  }

  /** The default name: model and prompt variant. */
  public static String defaultName(String model, PromptVariant promptVariant) {
    return Limits.cut(model + "-" + promptVariant.label(), Limits.MAX_LABEL);
  }
}
