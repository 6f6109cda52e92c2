package arena.local;

import arena.logging.JsonLoggers;
import org.slf4j.event.Level;
import software.amazon.cloudwatchlogs.emf.config.EnvironmentConfigurationProvider;
import software.amazon.cloudwatchlogs.emf.environment.Environments;

/** Configures the logging and metrics libraries of the functions in this process. */
final class Telemetry {
  private Telemetry() {}

  /**
   * Starts logging before concurrently starting parts set their own levels, and sends metrics to
   * standard output as in Lambda. By default, the metrics library would look for EC2 and an agent.
   */
  static void prepare() {
    JsonLoggers.setLevel("io.javalin", Level.WARN);
    JsonLoggers.setLevel("org.eclipse.jetty", Level.WARN);
    EnvironmentConfigurationProvider.getConfig().setEnvironmentOverride(Environments.Lambda);
  }
}
