package arena.run;

import java.util.UUID;
import java.util.regex.Pattern;

/** Ids of runs: 32 hex digits, a UUID without dashes. */
public final class RunId {
  private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{32}");

  private RunId() {}

  /** A new id, never given out before. */
  public static String random() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  /** Whether this has the shape of an id. */
  public static boolean isValid(String text) {
    return text != null && SHAPE.matcher(text).matches();
  }
}
