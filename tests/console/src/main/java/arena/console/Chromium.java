package arena.console;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The programs that a browser test needs, found on the {@code PATH}.
 *
 * @param browser Chromium or Chrome
 * @param driver its driver, of the same version
 */
public record Chromium(Path browser, Path driver) {
  /** What to do without them. */
  public static final String HOW_TO_GET =
      "Chromium and chromedriver were not found on the PATH; on Debian: apt-get install chromium"
          + " chromium-driver";

  private static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome", "chrome");

  /** Finds the programs. */
  public static Optional<Chromium> find() {
    Optional<Path> browser = BROWSERS.stream().flatMap(name -> onPath(name).stream()).findFirst();
    return browser.flatMap(
        found -> onPath("chromedriver").map(driver -> new Chromium(found, driver)));
  }

  private static Optional<Path> onPath(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(":", -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
