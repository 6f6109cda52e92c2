package arena.http;

/** Checks on text from requests. */
final class TextLimits {
  private static final int REPLACEMENT = 0xFFFD;

  /** Maximum length of request text quoted in an error message, in characters. */
  private static final int MAX_ECHO = 100;

  private TextLimits() {}

  /**
   * Whether the text has no control characters, line breaks, lone surrogates or U+FFFD (the result
   * of decoding invalid UTF-8).
   */
  static boolean isPlain(String text) {
    return text.codePoints().allMatch(TextLimits::isPlain);
  }

  /** Whether the text has no other characters than spaces (Unicode's category Zs). */
  static boolean isBlank(String text) {
    return text.codePoints().allMatch(c -> Character.getType(c) == Character.SPACE_SEPARATOR);
  }

  /** Returns the length in code points. */
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * Returns request text for an error message: cut, with U+FFFD for characters that are not plain.
   */
  static String echo(String text) {
    StringBuilder echo = new StringBuilder();
    text.codePoints()
        .limit(MAX_ECHO)
        .map(c -> isPlain(c) ? c : REPLACEMENT)
        .forEach(echo::appendCodePoint);
    return length(text) > MAX_ECHO ? echo + "…" : echo.toString();
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> c != REPLACEMENT;
    };
  }
}
