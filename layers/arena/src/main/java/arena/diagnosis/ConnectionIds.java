package arena.diagnosis;

import arena.broker.ConnectionId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shortens the ids of connections in log lines: API Gateway sends a message to the client of an id,
 * or closes its connection, for a caller with the right to do so.
 */
final class ConnectionIds {
  /** A field of a JSON line; the quotes are escaped in a line within another one. */
  private static final Pattern FIELD =
      Pattern.compile(
          "\\\\{0,3}\"connection_?[iI]d\\\\{0,3}\"\\s{0,3}:\\s{0,3}\\\\{0,3}\"([^\"\\\\]{1,128})");

  /** A text that can be an id. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{1,128}={0,2}");

  private ConnectionIds() {}

  /** Shortens each id that is the value of a field in one of the lines, in all lines. */
  static List<LogLine> shorten(List<LogLine> lines) {
    Set<String> ids = new HashSet<>();
    for (LogLine line : lines) {
      Matcher field = FIELD.matcher(line.text());
      while (field.find()) {
        ids.add(field.group(1));
      }
    }
    return ids.isEmpty()
        ? lines
        : lines.stream()
            .map(line -> new LogLine(line.at(), line.function(), shorten(line.text(), ids)))
            .toList();
  }

  private static String shorten(String text, Set<String> ids) {
    return TOKEN
        .matcher(text)
        .replaceAll(
            token ->
                Matcher.quoteReplacement(
                    ids.contains(token.group())
                        ? ConnectionId.of(token.group()).shortened()
                        : token.group()));
  }
}
