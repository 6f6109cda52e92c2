package arena.run;

import java.util.Optional;

/** The form in which a model is asked for its actions. */
public enum AnswerFormat {
  /** Text with a JSON array of actions. */
  TEXT("text"),
  /** A call of the one tool that the model is offered. */
  TOOL("tool"),
  /** A JSON object that the service constrains to a schema. */
  JSON_SCHEMA("json_schema");

  private final String label;

  AnswerFormat(String label) {
    this.label = label;
  }

  /** The format's name in JSON. */
  public String label() {
    return label;
  }

  /** Returns the format with this label. */
  public static Optional<AnswerFormat> fromLabel(String label) {
    for (AnswerFormat format : values()) {
      if (format.label.equals(label)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}
