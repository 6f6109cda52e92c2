package arena.metrics;

import java.util.Locale;

/** Names of enum constants as logs and metrics write them. */
public final class LabelNames {
  private LabelNames() {}

  /** The constant's name in lower case, such as {@code model_time}. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
