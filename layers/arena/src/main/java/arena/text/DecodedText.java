package arena.text;

import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * A text in a form in which encodings of it are equal: lower case, without white space, with
 * percent and JSON escapes decoded, however often they were encoded. Keeps where each character
 * came from, so that what is found can be redacted in the text.
 */
final class DecodedText {
  /** How often escapes of escapes are decoded. */
  private static final int MAX_DECODED = 4;

  private final String source;
  private final BitSet marked = new BitSet();

  /** The decoded form, and where each of its characters begins and ends in the source. */
  private String decoded;

  private int[] starts;
  private int[] ends;

  DecodedText(String source) {
    this.source = source;
    this.decoded = source;
    this.starts = IntStream.range(0, source.length()).toArray();
    this.ends = IntStream.rangeClosed(1, source.length()).toArray();
    boolean shorter = true;
    for (int times = 0; times < MAX_DECODED && shorter; times++) {
      shorter = decode();
    }
  }

  /** Decodes the escapes of one encoding; returns whether there may be more. */
  private boolean decode() {
    StringBuilder out = new StringBuilder(decoded.length());
    int i = 0;
    while (i < decoded.length()) {
      int start = i;
      char c = decoded.charAt(i++);
      int code = c;
      if (c == '\\') {
        while (i < decoded.length() && decoded.charAt(i) == '\\') {
          i++;
        }
        char next = i < decoded.length() ? decoded.charAt(i) : ' ';
        int escaped = next == 'u' ? hex(i + 1, 4) : -1;
        if (escaped >= 0) {
          code = escaped;
          i += 5;
        } else {
          i += next == 'n' || next == 'r' || next == 't' ? 1 : 0;
          continue;
        }
      } else if (c == '%') {
        int escaped = hex(i, 2);
        if (escaped >= 0) {
          code = escaped;
          i += 2;
        }
      }
      if (isGap(code)) {
        continue;
      }
      // in place: a character is never written behind the one that is read
      starts[out.length()] = starts[start];
      ends[out.length()] = ends[i - 1];
      out.append(code < 0x80 ? Character.toLowerCase((char) code) : (char) code);
    }
    boolean shorter = out.length() < decoded.length();
    decoded = out.toString();
    return shorter;
  }

  private static boolean isGap(int c) {
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.CONTROL
        || Character.getType(c) == Character.FORMAT;
  }

  /** The number that hex digits write, or -1. */
  private int hex(int from, int digits) {
    if (from + digits > decoded.length()) {
      return -1;
    }
    int number = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = decoded.charAt(i) < 0x80 ? Character.digit(decoded.charAt(i), 16) : -1;
      if (digit < 0) {
        return -1;
      }
      number = number * 16 + digit;
    }
    return number;
  }

  /** The decoded form. */
  String decoded() {
    return decoded;
  }

  /**
   * Marks a part of the decoded form.
   *
   * @param around how many characters of base64 are marked on each side too
   */
  void mark(int from, int to, int around) {
    int start = starts[from];
    int end = ends[to - 1];
    for (int n = 0; n < around && start > 0 && isBase64(source.charAt(start - 1)); n++) {
      start--;
    }
    for (int n = 0; n < around && end < source.length() && isBase64(source.charAt(end)); n++) {
      end++;
    }
    marked.set(start, end);
  }

  private static boolean isBase64(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "+/=_-".indexOf(c) >= 0;
  }

  /** The text with each marked part redacted. */
  String redacted() {
    if (marked.isEmpty()) {
      return source;
    }
    StringBuilder clean = new StringBuilder(source.length());
    int from = 0;
    for (int start = marked.nextSetBit(0); start >= 0; start = marked.nextSetBit(from)) {
      clean.append(source, from, start).append(Redactor.REDACTED);
      from = marked.nextClearBit(start);
    }
    return clean.append(source, from, source.length()).toString();
  }
}
