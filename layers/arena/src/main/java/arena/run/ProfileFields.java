package arena.run;

import java.util.Objects;
import java.util.Optional;

/** The profile of a request, which may omit any field. */
public record ProfileFields(
    Optional<String> name,
    Optional<String> model,
    Optional<Double> temperature,
    Optional<PromptVariant> promptVariant,
    Optional<AnswerFormat> answerFormat) {
  /** A request without a profile. */
  public static final ProfileFields NONE =
      new ProfileFields(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Returns all fields of a profile. */
  public static ProfileFields of(Profile profile) {
    return new ProfileFields(
        Optional.of(profile.name()),
        Optional.of(profile.model()),
        Optional.of(profile.temperature()),
        Optional.of(profile.promptVariant()),
        Optional.of(profile.answerFormat()));
  }

  public ProfileFields {
    Objects.requireNonNull(name);
    Objects.requireNonNull(model);
    Objects.requireNonNull(temperature);
    Objects.requireNonNull(promptVariant);
    Objects.requireNonNull(answerFormat);
  }

  /**
   * Returns the profile of a new run: omitted fields are those of {@link Profile#DEFAULT}, except
   * for the name, which is made of model and prompt variant.
   */
  public Profile withDefaults() {
    Profile profile = inheriting(Profile.DEFAULT);
    return name.isPresent()
        ? profile
        : profile.withName(Profile.defaultName(profile.model(), profile.promptVariant()));
  }

  /** Returns the profile of a fork: every omitted field, also the name, is the parent's. */
  public Profile inheriting(Profile parent) {
    return new Profile(
        name.orElse(parent.name()),
        model.orElse(parent.model()),
        temperature.orElse(parent.temperature()),
        promptVariant.orElse(parent.promptVariant()),
        answerFormat.orElse(parent.answerFormat()));
  }
}
