package arena.local.gateway;

import arena.local.log.LogFile;
import arena.text.PlainText;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes an API's access log: one line for each request, in the template's format. Values are JSON
 * strings without their quotes.
 */
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
                    Matcher.quoteReplacement(escaped(values.getOrDefault(match.group(1), "-")))));
  }

  /** Returns the content of a JSON string, which stays on its line and in its field. */
  private static String escaped(String value) {
    return PlainText.escaped(new String(JsonStringEncoder.getInstance().quoteAsString(value)));
  }
}
