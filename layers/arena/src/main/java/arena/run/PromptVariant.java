package arena.run;

import java.util.Optional;

/** The system prompt: the rules alone, or with a strategy. */
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

  /** Finds a variant by its label. */
  public static Optional<PromptVariant> fromLabel(String label) {
    for (PromptVariant variant : values()) {
      if (variant.label.equals(label)) {
        return Optional.of(variant);
      }
    }
    return Optional.empty();
  }
}
