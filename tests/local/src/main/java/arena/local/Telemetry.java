package arena.local;

import arena.logging.JsonLoggers;
import org.slf4j.event.Level;

/** Configures the logging of the functions in this process. */
final class Telemetry {
  private Telemetry() {}

  /** Starts logging before concurrently starting parts set their own levels. */
  static void prepare() {
    JsonLoggers.setLevel("io.javalin", Level.WARN);
    JsonLoggers.setLevel("org.eclipse.jetty", Level.WARN);
  }
}
