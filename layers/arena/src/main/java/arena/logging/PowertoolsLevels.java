package arena.logging;

import org.slf4j.Logger;
import org.slf4j.event.Level;
import software.amazon.lambda.powertools.logging.internal.LoggingManager;

/**
 * Lets Powertools set the level of all loggers, which it takes from the function's environment.
 * Powertools finds it by {@code META-INF/services}.
 */
public final class PowertoolsLevels implements LoggingManager {
  @Override
  public void setLogLevel(Level level) {
    JsonLoggers.setLevel("", level);
  }

  @Override
  public Level getLogLevel(Logger logger) {
    for (Level level : new Level[] {Level.TRACE, Level.DEBUG, Level.INFO, Level.WARN}) {
      if (logger.isEnabledForLevel(level)) {
        return level;
      }
    }
    return Level.ERROR;
  }
}
