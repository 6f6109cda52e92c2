package arena.metrics;

import java.util.Locale;

/** Names of enum constants in logs and metrics. */
public final class LabelNames {
  private LabelNames() {}

  /** Returns the constant's name in lower case, such as {@code model_time}. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
