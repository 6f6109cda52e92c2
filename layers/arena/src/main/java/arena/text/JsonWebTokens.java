package arena.text;

/**
 * Redacts JSON web tokens: three runs of base64 characters with dots between, the first of which
 * has {@code eyJ}. Each character is looked at a bounded number of times, which a regular
 * expression that may start at every {@code eyJ} does not.
 */
final class JsonWebTokens {
  private static final String HEADER = "eyJ";
  private static final int MIN_HEADER = 11;
  private static final int MIN_CLAIMS = 8;
  private static final int MIN_SIGNATURE = 4;

  private JsonWebTokens() {}

  static String redact(CharSequence text) {
    StringBuilder clean = new StringBuilder(text.length());
    int copied = 0;
    int start = 0;
    while (start < text.length()) {
      int header = endOfRun(text, start);
      int from = isDot(text, header) ? headerIn(text, start, header) : -1;
      int end = from < 0 ? -1 : end(text, header);
      if (end >= 0) {
        clean.append(text, copied, from).append(Redactor.REDACTED);
        copied = end;
      }
      start = Math.max(header + 1, end);
    }
    return clean.append(text, copied, text.length()).toString();
  }

  /** Where a token begins in a run that is long enough for its header, or -1. */
  private static int headerIn(CharSequence text, int start, int end) {
    for (int i = start; i <= end - MIN_HEADER; i++) {
      if (text.charAt(i) == HEADER.charAt(0)
          && text.charAt(i + 1) == HEADER.charAt(1)
          && text.charAt(i + 2) == HEADER.charAt(2)) {
        return i;
      }
    }
    return -1;
  }

  /** The end of the token with this end of its header, or -1. */
  private static int end(CharSequence text, int header) {
    int claims = endOfRun(text, header + 1);
    if (claims - header - 1 < MIN_CLAIMS || !isDot(text, claims)) {
      return -1;
    }
    int signature = endOfRun(text, claims + 1);
    return signature - claims - 1 < MIN_SIGNATURE ? -1 : signature;
  }

  private static boolean isDot(CharSequence text, int at) {
    return at < text.length() && text.charAt(at) == '.';
  }

  private static int endOfRun(CharSequence text, int from) {
    int end = from;
    while (end < text.length() && isTokenCharacter(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isTokenCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }
}
