package arena.logging;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * The loggers and their levels: that of the longest name that a logger's begins with, or that of
 * all. The system property {@value #PROPERTY} sets the first ones, such as {@code
 * WARN,arena.http=OFF}; the default is INFO. Thread-safe.
 */
public final class JsonLoggers implements ILoggerFactory {
  /** Levels by the beginnings of names, comma-separated. */
  public static final String PROPERTY = "arena.log.level";

  static final JsonLoggers SHARED = new JsonLoggers(System.getProperty(PROPERTY, ""));

  private static final int OFF = Integer.MAX_VALUE;

  private final Map<String, JsonLogger> loggers = new ConcurrentHashMap<>();

  /** Thresholds, the longest names first. */
  private final Map<String, Integer> thresholds =
      new TreeMap<>(
          Comparator.comparingInt(String::length).reversed().thenComparing(String::compareTo));

  JsonLoggers(String levels) {
    thresholds.put("", Level.INFO.toInt());
    for (String part : levels.split(",", -1)) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? "" : part.substring(0, equals).strip();
      String level = part.substring(equals + 1).strip().toUpperCase(Locale.ROOT);
      if (!level.isEmpty()) {
        thresholds.put(name, level.equals("OFF") ? OFF : Level.valueOf(level).toInt());
      }
    }
  }

  /** Sets the lowest level that the loggers of a library write. */
  public static void setLevel(String beginning, Level level) {
    SHARED.set(beginning, level);
  }

  synchronized void set(String beginning, Level level) {
    thresholds.put(beginning, level.toInt());
    loggers.forEach((name, logger) -> logger.setThreshold(threshold(name)));
  }

  @Override
  public Logger getLogger(String name) {
    JsonLogger logger = loggers.get(name);
    return logger != null ? logger : create(name);
  }

  private synchronized JsonLogger create(String name) {
    return loggers.computeIfAbsent(name, _ -> new JsonLogger(name, threshold(name)));
  }

  private int threshold(String name) {
    for (Map.Entry<String, Integer> one : thresholds.entrySet()) {
      if (name.startsWith(one.getKey())) {
        return one.getValue();
      }
    }
    throw new IllegalStateException("no level of all loggers");
  }
}
