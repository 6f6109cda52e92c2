package arena.logging;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.spi.LoggingEventAware;

/** Prints events of its level and above on the standard output, where Lambda collects them. */
final class JsonLogger extends LegacyAbstractLogger implements LoggingEventAware {
  private static final long serialVersionUID = 1L;

  private volatile int threshold;

  JsonLogger(String name, int threshold) {
    this.name = name;
    this.threshold = threshold;
  }

  void setThreshold(int threshold) {
    this.threshold = threshold;
  }

  @Override
  public boolean isTraceEnabled() {
    return enabled(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return enabled(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return enabled(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return enabled(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return enabled(Level.ERROR);
  }

  private boolean enabled(Level level) {
    return level.toInt() >= threshold;
  }

  @Override
  public void log(LoggingEvent event) {
    if (enabled(event.getLevel())) {
      print(
          event.getLevel(),
          event.getMessage(),
          event.getArgumentArray(),
          event.getKeyValuePairs(),
          event.getThrowable());
    }
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String message,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    print(level, message, arguments, null, thrown);
  }

  /** A line is printed with one call, so that lines of several threads are not mixed. */
  private void print(
      Level level,
      String message,
      Object @Nullable [] arguments,
      @Nullable List<KeyValuePair> pairs,
      @Nullable Throwable thrown) {
    System.out.println(LogLine.of(name, level, message, arguments, pairs, thrown));
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null; // lines do not name the calling class
  }
}
