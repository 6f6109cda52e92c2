package arena.http;

import arena.run.Limits;
import arena.text.PlainText;

/** Checks on text from requests. */
final class TextLimits {
  /** Maximum length of request text quoted in an error message, in characters. */
  private static final int MAX_ECHO = 100;

  private TextLimits() {}

  /** Whether the text has no other characters than spaces (Unicode's category Zs). */
  static boolean isBlank(String text) {
    return text.codePoints().allMatch(c -> Character.getType(c) == Character.SPACE_SEPARATOR);
  }

  /**
   * Whether the text has other characters than spaces, at its start and its end too, and only
   * single spaces (U+0020) between them.
   */
  static boolean hasSingleSpacesOnly(String text) {
    int before = ' ';
    for (int c : text.codePoints().toArray()) {
      boolean space = Character.getType(c) == Character.SPACE_SEPARATOR;
      if (space && (c != ' ' || before == ' ')) {
        return false;
      }
      before = c;
    }
    return before != ' ';
  }

  /** Returns the length in code points. */
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * Returns request text for an error message: cut, with U+FFFD for characters that are not plain.
   */
  static String echo(String text) {
    return PlainText.clean(Limits.cut(text, MAX_ECHO + 1));
  }
}
