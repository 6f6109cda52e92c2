package arena.agent;

import arena.run.Limits;
import org.jspecify.annotations.Nullable;

/** Sanitizes error texts of model services for logs, storage and clients. */
final class ServiceErrorText {
  /** Maximum length of a sanitized text, in characters. */
  static final int MAX = 300;

  /** A shorter key is a word such as {@code none}, which local servers take, and not a secret. */
  static final int MIN_KEY = 12;

  private ServiceErrorText() {}

  /**
   * Returns the text as one line, cut to {@link #MAX}, with the key masked.
   *
   * @param text the service's text; may be null
   * @param key the secret to mask; one shorter than {@link #MIN_KEY} characters is not masked
   */
  static String clean(@Nullable String text, String key) {
    if (text == null || text.isBlank()) {
      return "no text";
    }
    String masked = key.length() < MIN_KEY ? text : text.replace(key, "***");
    StringBuilder line = new StringBuilder();
    boolean space = false;
    for (int i = 0; i < masked.length() && line.length() < 4 * MAX; ) {
      int character = masked.codePointAt(i);
      i += Character.charCount(character);
      if (Character.isWhitespace(character) || Character.isISOControl(character)) {
        space = !line.isEmpty();
        continue;
      }
      if (space) {
        line.append(' ');
        space = false;
      }
      boolean alone = character <= Character.MAX_VALUE && Character.isSurrogate((char) character);
      line.appendCodePoint(alone ? 0xFFFD : character);
    }
    return Limits.cut(line.toString(), MAX);
  }
}
