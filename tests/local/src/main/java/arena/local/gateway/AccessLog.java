package arena.local.gateway;

import arena.local.log.LogFile;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes an API's access log: one line for each request, in the template's format. */
final class AccessLog {
  private static final Pattern VARIABLE = Pattern.compile("\\$context\\.([A-Za-z.]+)");
  private final String format;
  private final LogFile file;

  AccessLog(String format, LogFile file) {
    this.format = format;
    this.file = file;
  }

  /** Writes a line; variables without a value are {@code -}. */
  void write(Map<String, String> values) {
    file.line(
        VARIABLE
            .matcher(format)
            .replaceAll(
                match ->
                    Matcher.quoteReplacement(
                        values
                            .getOrDefault(match.group(1), "-")
                            .replace("\\", "\\\\")
                            .replace("\"", "\\\""))));
  }
}
