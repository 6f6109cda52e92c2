package arena.run;

import java.util.Optional;

/** How much a model is told: the rules alone, or a strategy too. */
public enum PromptVariant {
  BARE("bare"),
  STRATEGY("strategy");

  private final String label;

  PromptVariant(String label) {
    this.label = label;
  }

  /** The name in JSON. */
  public String label() {
    return label;
  }

  /** The variant with this label, if there is one. */
  public static Optional<PromptVariant> fromLabel(String label) {
    for (PromptVariant variant : values()) {
      if (variant.label.equals(label)) {
        return Optional.of(variant);
      }
    }
    return Optional.empty();
  }
}
