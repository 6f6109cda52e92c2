package arena.text;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Decides which characters text from clients, models and services may have, and cleans what goes to
 * a terminal or a log. Not plain are control characters, line and paragraph separators, lone
 * surrogates, and characters without an appearance that change or hide others: format characters
 * (Unicode's category Cf, such as bidirectional and zero-width ones), variation selectors and
 * fillers. Joiners and variation selectors are plain where writing needs them: within emoji, and
 * joiners between letters of scripts that use them.
 */
public final class PlainText {
  /** The result of decoding invalid UTF-8, and what replaces a character that is not plain. */
  public static final int REPLACEMENT = 0xFFFD;

  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int TEXT_STYLE = 0xFE0E;
  private static final int EMOJI_STYLE = 0xFE0F;
  private static final int KEYCAP = 0x20E3;

  /** Scripts whose letters change with a joiner between them. */
  private static final Set<UnicodeScript> JOINING =
      EnumSet.of(
          UnicodeScript.ARABIC,
          UnicodeScript.SYRIAC,
          UnicodeScript.MANDAIC,
          UnicodeScript.NKO,
          UnicodeScript.MONGOLIAN,
          UnicodeScript.DEVANAGARI,
          UnicodeScript.BENGALI,
          UnicodeScript.GURMUKHI,
          UnicodeScript.GUJARATI,
          UnicodeScript.ORIYA,
          UnicodeScript.TAMIL,
          UnicodeScript.TELUGU,
          UnicodeScript.KANNADA,
          UnicodeScript.MALAYALAM,
          UnicodeScript.SINHALA,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR,
          UnicodeScript.TIBETAN);

  private PlainText() {}

  /** Whether all characters are plain, and none is U+FFFD. */
  public static boolean isPlain(String text) {
    if (isPrintableAscii(text)) {
      return true;
    }
    int[] points = text.codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      if (points[i] == REPLACEMENT || !isPlain(points, i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the text as one line: white space and line breaks become one space, other characters
   * that are not plain U+FFFD.
   */
  public static String line(String text) {
    StringBuilder line = new StringBuilder(text.length());
    boolean space = false;
    int[] points = text.codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      int c = points[i];
      if (isSpace(c)) {
        space = !line.isEmpty();
        continue;
      }
      if (space) {
        line.append(' ');
        space = false;
      }
      line.appendCodePoint(isPlain(points, i) ? c : REPLACEMENT);
    }
    return line.toString();
  }

  /** Returns the text with U+FFFD for characters that are not plain. */
  public static String clean(String text) {
    if (isPrintableAscii(text)) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length());
    int[] points = text.codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      clean.appendCodePoint(isPlain(points, i) ? points[i] : REPLACEMENT);
    }
    return clean.toString();
  }

  /**
   * Returns JSON, or the content of a JSON string, with characters that are not plain as escapes:
   * the same value, on one line, without an effect on a terminal.
   */
  public static String escaped(String json) {
    if (isPrintableAscii(json)) {
      return json;
    }
    StringBuilder escaped = new StringBuilder(json.length());
    int[] points = json.codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      if (isPlain(points, i)) {
        escaped.appendCodePoint(points[i]);
      } else {
        for (char unit : Character.toChars(points[i])) {
          escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
        }
      }
    }
    return escaped.toString();
  }

  /**
   * Returns the text in Unicode's normalization form C, in which texts that differ only in how
   * letters are composed are equal.
   */
  public static String composed(String text) {
    // Most texts need no tables of the normalizer, which take time to load.
    return isPrintableAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  private static boolean isPrintableAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  private static boolean isPlain(int[] points, int i) {
    int c = points[i];
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.FORMAT -> isNeededJoiner(points, i);
      default -> !isHidden(c) || isNeededSelector(points, i);
    };
  }

  /** Whether a character that is not of category Cf has no appearance. */
  private static boolean isHidden(int c) {
    return c == 0x034F // combining grapheme joiner
        || c == 0x115F // fillers of Hangul
        || c == 0x1160
        || c == 0x3164
        || c == 0xFFA0
        || c == 0x17B4 // inherent vowels of Khmer
        || c == 0x17B5
        || (c >= 0x180B && c <= 0x180F) // variation selectors of Mongolian
        || (c >= 0xFE00 && c <= 0xFE0F)
        || (c >= 0xE0100 && c <= 0xE01EF);
  }

  private static boolean isNeededJoiner(int[] points, int i) {
    if ((points[i] != ZERO_WIDTH_JOINER && points[i] != ZERO_WIDTH_NON_JOINER)
        || i == 0
        || i == points.length - 1) {
      return false;
    }
    int before = points[i - 1];
    int after = points[i + 1];
    if (points[i] == ZERO_WIDTH_JOINER && endsEmoji(points, i) && isPictograph(after)) {
      return true;
    }
    return isLetter(before) && isLetter(after) && script(before) == script(after);
  }

  private static boolean isLetter(int c) {
    boolean letter = Character.isLetter(c);
    boolean mark =
        Character.getType(c) == Character.NON_SPACING_MARK
            || Character.getType(c) == Character.COMBINING_SPACING_MARK;
    return (letter || mark) && JOINING.contains(script(c));
  }

  private static UnicodeScript script(int c) {
    return UnicodeScript.of(c);
  }

  /**
   * Whether an emoji ends before an index: a pictograph with a modifier or selector, or without.
   */
  private static boolean endsEmoji(int[] points, int end) {
    int last = points[end - 1];
    if ((last == EMOJI_STYLE || Character.isEmojiModifier(last)) && end > 1) {
      return isPictograph(points[end - 2]);
    }
    return isPictograph(last);
  }

  private static boolean isPictograph(int c) {
    return c > 0x7F && Character.isExtendedPictographic(c);
  }

  private static boolean isNeededSelector(int[] points, int i) {
    int c = points[i];
    if (i == 0 || isHidden(points[i - 1])) {
      return false;
    }
    int before = points[i - 1];
    if (c == TEXT_STYLE || c == EMOJI_STYLE) {
      boolean keycap = i + 1 < points.length && points[i + 1] == KEYCAP;
      return Character.isEmoji(before) && (before > 0x7F || keycap);
    }
    boolean mongolian = c >= 0x180B && c <= 0x180F;
    return mongolian
        ? script(before) == UnicodeScript.MONGOLIAN
        : c >= 0xE0100 && Character.isIdeographic(before);
  }
}
