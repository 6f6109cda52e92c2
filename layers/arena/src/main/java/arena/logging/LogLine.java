package arena.logging;

import arena.text.PlainText;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.helpers.MessageFormatter;
import software.amazon.lambda.powertools.logging.argument.StructuredArgument;
import software.amazon.lambda.powertools.logging.internal.JsonSerializer;

/**
 * Formats log events with the fields of Powertools' layout, with times in UTC and without fields
 * that the log group already has. The fields of the thread, of the event and structured arguments
 * follow.
 */
final class LogLine {
  /** Longest message or stack trace; CloudWatch Logs takes 256 KB a line. */
  static final int MAX_TEXT = 16 * 1024;

  /** Fields of Powertools, in their order. The first is a truth value. */
  private static final String COLD_START = "cold_start";

  private static final List<String> CONTEXT =
      List.of(
          "function_name", "function_version", "function_request_id", "xray_trace_id", "service");

  /** Set by Powertools, but known from the log group and the configuration. */
  private static final List<String> OMITTED =
      List.of("function_arn", "function_memory_size", "sampling_rate", "correlation_id");

  private final StringBuilder line = new StringBuilder(512);
  private final JsonSerializer json = new JsonSerializer(line);

  private LogLine() {}

  /** Returns the line of an event, without its end. */
  static String of(
      String logger,
      Level level,
      String message,
      Object @Nullable [] arguments,
      @Nullable List<KeyValuePair> pairs,
      @Nullable Throwable thrown) {
    LogLine line = new LogLine();
    try {
      line.write(logger, level, message, arguments, pairs, thrown);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a string builder has no such errors
    }
    // The serializer leaves control characters; format characters would act on a terminal.
    return PlainText.escaped(line.line.toString());
  }

  private void write(
      String logger,
      Level level,
      String message,
      Object @Nullable [] arguments,
      @Nullable List<KeyValuePair> pairs,
      @Nullable Throwable thrown)
      throws IOException {
    line.append('{');
    json.writeStringField("timestamp", time(Instant.now()));
    field("level", level.name());
    field("message", limited(MessageFormatter.basicArrayFormat(message, arguments)));
    if (thrown != null) {
      error(thrown);
    }
    field("logger", logger);
    Map<String, String> fields = new TreeMap<>();
    Map<String, String> ofThread = MDC.getCopyOfContextMap();
    if (ofThread != null) {
      fields.putAll(ofThread);
    }
    OMITTED.forEach(fields::remove);
    String coldStart = fields.remove(COLD_START);
    if (coldStart != null) {
      line.append(',');
      json.writeBooleanField(COLD_START, Boolean.parseBoolean(coldStart));
    }
    for (String name : CONTEXT) {
      String value = fields.remove(name);
      if (value != null) {
        field(name, value);
      }
    }
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        fields.put(pair.key, String.valueOf(pair.value));
      }
    }
    fields.forEach(this::field);
    if (arguments != null) {
      for (Object argument : arguments) {
        if (argument instanceof StructuredArgument structured) {
          line.append(',');
          structured.writeTo(json);
        }
      }
    }
    line.append('}');
  }

  private void field(String name, String value) {
    line.append(',');
    json.writeStringField(name, value);
  }

  private void error(Throwable thrown) {
    line.append(",\"error\":{");
    json.writeStringField("name", thrown.getClass().getName());
    if (thrown.getMessage() != null) {
      field("message", limited(thrown.getMessage()));
    }
    StringWriter stack = new StringWriter();
    thrown.printStackTrace(new PrintWriter(stack));
    field("stack", limited(stack.toString()));
    line.append('}');
  }

  /** Formats a time in milliseconds. */
  static String time(Instant time) {
    String text = time.truncatedTo(ChronoUnit.MILLIS).toString();
    return text.contains(".") ? text : text.replace("Z", ".000Z");
  }

  private static String limited(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }
}
