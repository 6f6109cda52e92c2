package arena.agent;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is a JSON object: the text of its actions, and the rest. Reads the object as
 * tolerantly as models write it: quotes of any kind, names without quotes, comments, and an end
 * that was cut off. Takes time linear in the text for each object that it tries.
 *
 * @param actions the value of the first {@code actions} in the object's own properties
 * @param others the values of its other properties, one a line; not a source of actions
 * @param before the text before the object
 * @param after the text after the object
 */
record AnswerFields(String actions, String others, String before, String after) {
  /** Most opening braces that are tried as the start of the object. */
  private static final int MAX_STARTS = 20;

  /**
   * Finds the first object that has actions, or reasoning in their place, as of an answer that was
   * cut off; empty if none has.
   */
  static Optional<AnswerFields> find(String text) {
    int start = text.indexOf('{');
    for (int tries = 0; start >= 0 && tries < MAX_STARTS; tries++) {
      int opened = start;
      Optional<AnswerFields> found = new Scanner(text, opened).read();
      if (found.isPresent()) {
        return found;
      }
      start = text.indexOf('{', start + 1);
    }
    return Optional.empty();
  }

  /** Reads the object at one place of a text. */
  private static final class Scanner {
    private final String text;
    private final int start;
    private final StringBuilder others = new StringBuilder();
    private @Nullable String actions;
    private boolean reasoned;
    private int at;

    private Scanner(String text, int start) {
      this.text = text;
      this.start = start;
      this.at = start + 1;
    }

    private Optional<AnswerFields> read() {
      while (at < text.length() && text.charAt(at) != '}') {
        String name = name();
        if (at >= text.length()) {
          break; // cut off within a name
        }
        if (text.charAt(at) != ':') {
          return Optional.empty(); // not an object
        }
        at++;
        String value = value();
        if (!name.equals(AnswerSchema.ACTIONS)) {
          reasoned |= name.equals(AnswerSchema.REASONING);
          add(value);
        } else if (actions == null) {
          actions = value;
        }
      }
      if (actions == null && !reasoned) {
        return Optional.empty();
      }
      return Optional.of(
          new AnswerFields(
              actions == null ? "" : actions,
              others.toString(),
              text.substring(0, start),
              text.substring(Math.min(at + 1, text.length()))));
    }

    /** Reads to the colon after a property's name, or to what cannot be in one. */
    private String name() {
      StringBuilder name = new StringBuilder();
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == ':' || c == '}' || c == '{' || c == '[') {
          break;
        }
        if (isComment()) {
          at = endOfComment();
        } else if (closing(c) != 0) {
          int end = endOfString(at);
          name.append(text, at + 1, Math.max(at + 1, end - 1));
          at = end;
        } else {
          if (c != ',' && !Character.isWhitespace(c)) {
            name.append(c);
          }
          at++;
        }
      }
      return name.toString();
    }

    /** Reads a value: to the comma or the brace after it, or to the end of the text. */
    private String value() {
      int from = at;
      int depth = 0;
      while (at < text.length()) {
        char c = text.charAt(at);
        if (closing(c) != 0) {
          at = endOfString(at);
          continue;
        }
        if (depth == 0 && (c == ',' || c == '}')) {
          break;
        }
        if (c == '[' || c == '{') {
          depth++;
        } else if (c == ']' || c == '}') {
          depth--;
        }
        at = isComment() ? endOfComment() : at + 1;
      }
      String value = text.substring(from, at).strip();
      if (at < text.length() && text.charAt(at) == ',') {
        at++;
      }
      return value;
    }

    private boolean isComment() {
      return text.startsWith("//", at) || text.startsWith("/*", at);
    }

    private int endOfComment() {
      boolean line = text.charAt(at + 1) == '/';
      int end = text.indexOf(line ? "\n" : "*/", at + 2);
      return end < 0 ? text.length() : end + (line ? 1 : 2);
    }

    /** Returns the index after the string that opens at an index. */
    private int endOfString(int open) {
      char close = closing(text.charAt(open));
      for (int i = open + 1; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\\') {
          i++;
        } else if (c == close) {
          return i + 1;
        }
      }
      return text.length();
    }

    /** The quote that closes a string opened by this one; 0 if it opens none. */
    private static char closing(char open) {
      return switch (open) {
        case '"', '\'' -> open;
        case '\u201C', '\u201E' -> '\u201D';
        case '\u2018' -> '\u2019';
        default -> 0;
      };
    }

    /** The text of a string in quotes of any kind, also of one that was cut off. */
    private static String unquoted(String value) {
      char close = value.isEmpty() ? 0 : closing(value.charAt(0));
      if (close == 0) {
        return value;
      }
      if (value.charAt(0) == '"') {
        return ModelAnswer.unquoted(value);
      }
      boolean closed = value.length() > 1 && value.charAt(value.length() - 1) == close;
      return value.substring(1, closed ? value.length() - 1 : value.length());
    }

    private void add(String value) {
      String words = unquoted(value);
      if (!words.isBlank()) {
        others.append(others.isEmpty() ? "" : "\n").append(words.strip());
      }
    }
  }
}
