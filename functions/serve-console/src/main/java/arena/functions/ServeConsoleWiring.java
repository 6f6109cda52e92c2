package arena.functions;

import arena.http.ConsoleFiles;
import arena.http.DeploymentJson;
import arena.runtime.S3Presets;
import arena.runtime.Settings;
import arena.runtime.Telemetry;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/**
 * What serve-console is composed of. The files are read and compressed here, so that they are part
 * of the function's snapshot.
 */
@NullMarked
record ServeConsoleWiring(
    Telemetry telemetry,
    ConsoleFiles files,
    DeploymentJson.Settings deployment,
    Supplier<Optional<String>> presets) {

  static ServeConsoleWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    return new ServeConsoleWiring(
        new Telemetry("serve-console", settings),
        ConsoleFiles.in(code()),
        settings.deployment(),
        S3Presets.of(settings));
  }

  /** The folder or jar of this class, which also has the console's files. */
  private static Path code() {
    try {
      return Path.of(
          ServeConsoleWiring.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e); // a class loader's own address
    }
  }
}
