package arena.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The lines that are written to the logs in a folder from the creation of this on. */
final class LogsSince {
  private final Path folder;
  private final Map<String, Long> before = new HashMap<>();

  LogsSince(Path folder) {
    this.folder = folder;
    for (Path file : files()) {
      before.put(file.getFileName().toString(), size(file));
    }
  }

  /** Names of the logs, without {@code .log}. */
  List<String> names() {
    return files().stream()
        .map(file -> file.getFileName().toString())
        .map(name -> name.substring(0, name.length() - ".log".length()))
        .sorted()
        .toList();
  }

  /** The new lines of a log; a log that was rotated meanwhile is continued. */
  List<String> lines(String name) {
    Path file = folder.resolve(name + ".log");
    long start = before.getOrDefault(name + ".log", 0L);
    byte[] newest = read(file);
    String text;
    if (start <= newest.length) {
      text = text(newest, start);
    } else {
      text = text(read(folder.resolve(name + ".log.1")), start) + text(newest, 0);
    }
    return text.lines().toList();
  }

  private static String text(byte[] bytes, long from) {
    return new String(
        Arrays.copyOfRange(bytes, (int) Math.min(from, bytes.length), bytes.length),
        StandardCharsets.UTF_8);
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".log")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the logs in " + folder, e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log " + file, e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log " + file, e);
    }
  }
}
