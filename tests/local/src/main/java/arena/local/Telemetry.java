package arena.local;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import software.amazon.cloudwatchlogs.emf.config.EnvironmentConfigurationProvider;
import software.amazon.cloudwatchlogs.emf.environment.Environments;

/** How the libraries that functions log and count with behave in this process. */
final class Telemetry {
  private Telemetry() {}

  /**
   * Starts logging, before parts that start side by side set levels of their own. Metrics go to
   * standard output, as they do in Lambda; else their library would look for a machine of EC2, and
   * for an agent.
   */
  static void prepare() {
    Configurator.setLevel("io.javalin", Level.WARN);
    Configurator.setLevel("org.eclipse.jetty", Level.WARN);
    EnvironmentConfigurationProvider.getConfig().setEnvironmentOverride(Environments.Lambda);
  }
}
