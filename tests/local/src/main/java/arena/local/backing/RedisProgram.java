package arena.local.backing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds a Redis server: the one that {@code ARENA_REDIS_SERVER} names, or else a Redis or Valkey of
 * the machine that is as new as the deployed one, or else the one in a jar of the build.
 */
final class RedisProgram {
  /** Names the program. */
  static final String VARIABLE = "ARENA_REDIS_SERVER";

  /** ElastiCache's oldest engine that the template uses is 7.1, which is compatible to 7.0. */
  private static final int OLDEST_MAJOR_VERSION = 7;

  private static final List<String> NAMES = List.of("redis-server", "valkey-server");
  private static final String CARRIED = "redis-server-7.0.15-";
  private static final Pattern VERSION = Pattern.compile("\\bv=([0-9]{1,4})\\.");
  private static final int MAX_VERSION_BYTES = 1_000;
  private static final int VERSION_SECONDS = 5;

  private RedisProgram() {}

  /**
   * Returns the path of the program.
   *
   * @param folder the folder into which the program of the jar is extracted, once
   */
  static Path find(Path folder) {
    return find(folder, System.getenv());
  }

  static Path find(Path folder, Map<String, String> environment) {
    String named = environment.getOrDefault(VARIABLE, "");
    if (!named.isEmpty()) {
      Path program = Path.of(named).toAbsolutePath();
      if (!Files.isExecutable(program)) {
        throw new BackingFailed(VARIABLE + " does not name a program: " + program);
      }
      return program;
    }
    return onPath(environment.getOrDefault("PATH", "")).orElseGet(() -> unpacked(folder));
  }

  private static Optional<Path> onPath(String path) {
    return NAMES.stream()
        .flatMap(
            name ->
                Stream.of(path.split(File.pathSeparator, -1))
                    .filter(entry -> !entry.isEmpty())
                    .map(entry -> Path.of(entry, name)))
        .filter(Files::isExecutable)
        .filter(RedisProgram::isNewEnough)
        .findFirst();
  }

  /** Asks a program for its version, such as {@code Redis server v=7.0.15 sha=00000000:0 …}. */
  private static boolean isNewEnough(Path program) {
    try {
      Process process =
          new ProcessBuilder(program.toString(), "--version")
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
      try (InputStream output = process.getInputStream()) {
        Matcher version =
            VERSION.matcher(
                new String(output.readNBytes(MAX_VERSION_BYTES), StandardCharsets.UTF_8));
        return process.waitFor(VERSION_SECONDS, TimeUnit.SECONDS)
            && version.find()
            && Integer.parseInt(version.group(1)) >= OLDEST_MAJOR_VERSION;
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return false; // not a program for this machine
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Path unpacked(Path folder) {
    String name = CARRIED + machine();
    Path program = folder.resolve(name);
    if (Files.isExecutable(program)) {
      return program;
    }
    Path part = folder.resolve("unpacking");
    try (InputStream carried = RedisProgram.class.getResourceAsStream("/" + name)) {
      if (carried == null) {
        throw new BackingFailed(
            "no Redis for this machine (%s, %s): install redis-server or valkey-server so that it is on the PATH"
                .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
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

  /** Returns the system and its architecture as the programs of the jar are named. */
  private static String machine() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String architecture = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return (system.startsWith("mac") ? "darwin" : system)
        + "-"
        + switch (architecture) {
          case "x86_64", "amd64" -> "amd64";
          case "aarch64", "arm64" -> "arm64";
          default -> architecture;
        };
  }
}
