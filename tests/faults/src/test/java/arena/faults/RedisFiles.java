package arena.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The append-only files of a Redis in its folder. */
record RedisFiles(Path folder) {
  /**
   * Deletes them, so that the server restarts empty.
   *
   * @throws IllegalStateException if there are none
   */
  void delete() {
    try {
      List<Path> files = list();
      if (files.isEmpty()) {
        throw new IllegalStateException("no append-only files in " + folder);
      }
      for (Path file : files) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("failed to delete the Redis files", e);
    }
  }

  /** Copies them to another folder; the server may run. */
  void copyTo(Path target) {
    try {
      for (Path file : list()) {
        Path copy = target.resolve(folder.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("failed to copy the Redis files", e);
    }
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.getFileName().toString().contains(".aof")).toList();
    }
  }
}
