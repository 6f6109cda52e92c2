package arena.local.gateway;

import arena.local.log.LogFile;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An API's access log, a line a request in the format that the template gives. */
final class AccessLog {
  private static final Pattern VARIABLE = Pattern.compile("\\$context\\.([A-Za-z.]+)");
  private final String format;
  private final LogFile file;

  AccessLog(String format, LogFile file) {
    this.format = format;
    this.file = file;
  }

  /** Writes a line; a variable without a value is {@code -}. */
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
