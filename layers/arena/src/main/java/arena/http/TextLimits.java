package arena.http;

/** Texts that come from outside. */
final class TextLimits {
  private static final int REPLACEMENT = 0xFFFD;

  /** Longest piece of a request that an error's message repeats, in characters. */
  private static final int MAX_ECHO = 100;

  private TextLimits() {}

  /**
   * Whether a text can be kept and shown as it is: no control characters or line breaks, no
   * surrogate that stands alone, no U+FFFD, which is what bytes that are not UTF-8 have become on
   * their way.
   */
  static boolean plain(String text) {
    return text.codePoints().allMatch(TextLimits::plain);
  }

  /** Number of characters, where one outside the basic plane counts once. */
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** What an error may repeat of a request: its beginning, with U+FFFD for what is not plain. */
  static String echo(String text) {
    StringBuilder echo = new StringBuilder();
    text.codePoints()
        .limit(MAX_ECHO)
        .map(c -> plain(c) ? c : REPLACEMENT)
        .forEach(echo::appendCodePoint);
    return length(text) > MAX_ECHO ? echo + "…" : echo.toString();
  }

  private static boolean plain(int c) {
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
