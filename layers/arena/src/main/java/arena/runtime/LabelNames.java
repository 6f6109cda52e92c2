package arena.runtime;

import java.util.Locale;

/** How the names of constants are written in logs and metrics. */
final class LabelNames {
  private LabelNames() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
