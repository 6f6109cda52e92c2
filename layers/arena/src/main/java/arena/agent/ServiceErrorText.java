package arena.agent;

import arena.run.Limits;

/** What a model's service says of an error, made fit for logs, rows and readers. */
final class ServiceErrorText {
  /** Longest text that is passed on, in characters. */
  static final int MAX = 300;

  private ServiceErrorText() {}

  /**
   * One line, cut, without the key.
   *
   * @param text what the service said; may be null
   * @param key the secret that must not be in it; may be empty
   */
  static String clean(String text, String key) {
    if (text == null || text.isBlank()) {
      return "no text";
    }
    String open = key.isEmpty() ? text : text.replace(key, "***");
    StringBuilder line = new StringBuilder();
    boolean space = false;
    for (int i = 0; i < open.length() && line.length() < 4 * MAX; ) {
      int character = open.codePointAt(i);
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
