package arena.codec;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The punctuation that models write in the place of JSON's: typographic quotes, full-width brackets
 * and commas, no-break spaces, Python's constants, tuples and text prefixes, assignments in the
 * place of colons, and escapes outside strings. Every replacement keeps the text's length, so that
 * positions stay the same.
 */
final class JsonPunctuation {
  private static final String DOUBLE_QUOTES = "“”„‟″＂«»「」『』";
  private static final String SINGLE_QUOTES = "‘’‚‛′＇`";
  private static final String WIDE = "［］｛｝：，()=;；،、";
  private static final String NARROW = "[]{}:,[]:,,,,";

  /** Escapes that stand for a line break or a tabulator. */
  private static final String BLANKS = "nrt";

  /** Numbers as Python and JavaScript have them: hexadecimal, or with underscores. */
  private static final Pattern PYTHON_NUMBER =
      Pattern.compile("0[xX][0-9a-fA-F]{1,8}|[0-9]{1,9}(?:_[0-9]{1,9}){1,9}");

  private JsonPunctuation() {}

  /** Whether there may be something to replace. */
  static boolean occursIn(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isQuote(c) || WIDE.indexOf(c) >= 0 || isSpace(c) || c == '\\') {
        return true;
      }
    }
    return PYTHON_NUMBER.matcher(text).find()
        || text.contains("True")
        || text.contains("False")
        || text.contains("None")
        || text.contains("undefined")
        || text.contains("u'")
        || text.contains("u\"");
  }

  /**
   * A copy in which JSON's own punctuation stands, from {@code start} on. The inside of strings
   * stays as it is.
   */
  static char[] normalized(char[] text, int start) {
    char[] out = text.clone();
    int i = start;
    while (i < out.length) {
      char c = out[i];
      if (c == '"' || c == '\'') {
        i = afterString(out, i + 1, String.valueOf(c));
      } else if (DOUBLE_QUOTES.indexOf(c) >= 0) {
        i = afterTypographic(out, i, '"', DOUBLE_QUOTES + '"');
      } else if (SINGLE_QUOTES.indexOf(c) >= 0) {
        i = afterTypographic(out, i, '\'', SINGLE_QUOTES + '\'');
      } else if (startsComment(out, i)) {
        i = afterComment(out, i);
      } else {
        i = replaceOutsideStrings(out, i);
      }
    }
    return out;
  }

  private static int replaceOutsideStrings(char[] out, int i) {
    char c = out[i];
    int wide = WIDE.indexOf(c);
    if (wide >= 0) {
      out[i] = NARROW.charAt(wide);
      if (c == '=' && i + 1 < out.length && out[i + 1] == '>') {
        out[i + 1] = ' ';
      }
    } else if (c == '\\' && i + 1 < out.length && !isAnyQuote(out[i + 1])) {
      out[i] = ' ';
      if (BLANKS.indexOf(out[i + 1]) >= 0) {
        out[i + 1] = ' ';
      }
    } else if (isSpace(c)) {
      out[i] = ' ';
    } else if (Character.isLetter(c)) {
      int end = i;
      while (end < out.length && (Character.isLetterOrDigit(out[end]) || out[end] == '_')) {
        end++;
      }
      String constant =
          switch (new String(out, i, end - i)) {
            case "True" -> "true";
            case "False" -> "false";
            case "None" -> "null";
            case "undefined" -> "null     ";
            case "u" -> end < out.length && (out[end] == '"' || out[end] == '\'') ? " " : "";
            default -> "";
          };
      constant.getChars(0, constant.length(), out, i);
      return end;
    } else if (c >= '0' && c <= '9') {
      return afterNumber(out, i);
    }
    return i + 1;
  }

  private static int afterNumber(char[] out, int i) {
    int end = i;
    while (end < out.length
        && (Character.isLetterOrDigit(out[end]) || "_.".indexOf(out[end]) >= 0)) {
      end++;
    }
    String number = new String(out, i, end - i);
    if (PYTHON_NUMBER.matcher(number).matches()) {
      String decimal =
          number.startsWith("0x") || number.startsWith("0X")
              ? Long.toString(Long.parseLong(number.substring(2), 16))
              : number.replace("_", "");
      decimal.getChars(0, decimal.length(), out, i);
      Arrays.fill(out, i + decimal.length(), end, ' ');
    }
    return end;
  }

  private static int afterString(char[] text, int from, String closing) {
    for (int i = from; i < text.length; i++) {
      if (text[i] == '\\') {
        i++;
      } else if (closing.indexOf(text[i]) >= 0) {
        return i + 1;
      }
    }
    return text.length;
  }

  private static int afterTypographic(char[] text, int open, char quote, String closing) {
    text[open] = quote;
    int after = afterString(text, open + 1, closing);
    while (quote == '"'
        && after < text.length
        && text[after - 1] == quote
        && !mayClose(text, after)) {
      text[after - 1] = '”'; // a quotation within the string
      after = afterString(text, after, closing);
    }
    if (after <= text.length && after - 1 > open && closing.indexOf(text[after - 1]) >= 0) {
      text[after - 1] = quote;
    }
    return after;
  }

  /** Whether a string can end before an index: JSON's punctuation, or nothing, comes next. */
  private static boolean mayClose(char[] text, int after) {
    int i = after;
    while (i < text.length && text[i] <= ' ') {
      i++;
    }
    return i == text.length || ":,]}：，］｝=/#".indexOf(text[i]) >= 0;
  }

  /** The index of the next character that is neither space, comma nor comment. */
  static int skipSeparators(char[] text, int from) {
    int i = from;
    while (i < text.length) {
      char c = text[i];
      if (c == ',' || c <= ' ') {
        i++;
      } else if (startsComment(text, i)) {
        i = afterComment(text, i);
      } else {
        return i;
      }
    }
    return i;
  }

  private static boolean startsComment(char[] text, int i) {
    return text[i] == '#'
        || (text[i] == '/' && i + 1 < text.length && (text[i + 1] == '/' || text[i + 1] == '*'));
  }

  private static int afterComment(char[] text, int start) {
    boolean block = text[start] == '/' && text[start + 1] == '*';
    for (int i = start + (block ? 2 : 1); i < text.length; i++) {
      if (block && text[i] == '*' && i + 1 < text.length && text[i + 1] == '/') {
        return i + 2;
      }
      if (!block && (text[i] == '\n' || text[i] == '\r')) {
        return i + 1;
      }
    }
    return text.length;
  }

  private static boolean isAnyQuote(char c) {
    return c == '"' || c == '\'' || isQuote(c);
  }

  private static boolean isQuote(char c) {
    return DOUBLE_QUOTES.indexOf(c) >= 0 || SINGLE_QUOTES.indexOf(c) >= 0;
  }

  /** A space that JSON does not know: no-break and other wide ones, zero-width, byte order mark. */
  private static boolean isSpace(char c) {
    return c > 0x7F
        && (Character.isSpaceChar(c) || c == '\u200B' || c == '\u2060' || c == '\uFEFF');
  }
}
