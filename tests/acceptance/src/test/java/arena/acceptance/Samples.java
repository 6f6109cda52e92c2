package arena.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The sample events in {@code events/}, also used with {@code sam local invoke}. */
final class Samples {
  private static final Path FOLDER = Path.of("..", "..", "events");

  /** Run id in the samples. */
  private static final String RUN = "5eed0000000000000000000000000001";

  /** Connection id in the samples. */
  static final String CONNECTION = "UoGsTfGnjoECF4A=";

  private Samples() {}

  /** File names of all samples, sorted. */
  static List<String> names() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Name of a sample's function, which is the prefix of the file name. */
  static String function(String name) {
    return name.replaceFirst("^(\\w+-\\w+).*", "$1");
  }

  /** Reads a sample. */
  static String read(String name) {
    try {
      return Files.readString(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a sample and replaces its run id. */
  static String about(String name, String runId) {
    return read(name).replace(RUN, runId);
  }

  /** Reads a sample and replaces its run id and connection id. */
  static String about(String name, String runId, String connectionId) {
    return about(name, runId).replace(CONNECTION, connectionId);
  }
}
