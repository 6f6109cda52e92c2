package arena.local.backing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/** Finds a Redis server: that of the machine, or else the one in a jar of the build. */
final class RedisProgram {
  private RedisProgram() {}

  /**
   * Returns the path of the program.
   *
   * @param folder the folder into which the program of the jar is extracted, once
   */
  static Path find(Path folder) {
    return onPath().orElseGet(() -> unpacked(folder));
  }

  private static Optional<Path> onPath() {
    String name = isWindows() ? "redis-server.exe" : "redis-server";
    String path = System.getenv().getOrDefault("PATH", "");
    for (String entry : path.split(File.pathSeparator, -1)) {
      if (entry.isEmpty()) {
        continue;
      }
      Path program = Path.of(entry, name);
      if (Files.isExecutable(program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }

  private static Path unpacked(Path folder) {
    OsArchitecture machine = OsArchitecture.detectOSandArchitecture();
    String resource = ExecutableProvider.newProvidedVersionsMap().get(machine);
    if (resource == null) {
      throw new BackingFailed(
          "no Redis for this machine (%s, %s): install redis-server so that it is on the PATH"
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
    }
    Path program = folder.resolve(Path.of(resource).getFileName().toString());
    if (Files.isExecutable(program)) {
      return program;
    }
    Path part = folder.resolve("unpacking");
    try (InputStream carried = ExecutableProvider.class.getResourceAsStream(resource)) {
      if (carried == null) {
        throw new BackingFailed("the embedded-redis jar does not contain " + resource);
      }
      Files.createDirectories(folder);
      Files.copy(carried, part, StandardCopyOption.REPLACE_EXISTING);
      if (!part.toFile().setExecutable(true)) {
        throw new BackingFailed("cannot make %s executable".formatted(part));
      }
      // Whole or not at all; the caller holds the folder's lock.
      Files.move(part, program, StandardCopyOption.ATOMIC_MOVE);
      return program;
    } catch (IOException e) {
      deleteQuietly(part);
      throw new BackingFailed("cannot extract Redis to " + program + ": " + e.getMessage(), e);
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // The next start writes over it.
    }
  }

  private static boolean isWindows() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("windows");
  }
}
