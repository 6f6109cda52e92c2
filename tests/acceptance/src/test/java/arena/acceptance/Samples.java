package arena.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The sample events in {@code events/}: the files that {@code sam local invoke} is given. */
final class Samples {
  private static final Path FOLDER = Path.of("..", "..", "events");

  /** The run that the samples are about. */
  private static final String RUN = "5eed0000000000000000000000000001";

  /** The connection that the samples are about. */
  static final String CONNECTION = "UoGsTfGnjoECF4A=";

  private Samples() {}

  /** The names of all samples, in order. */
  static List<String> names() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name of the function that a sample is for: its name begins with it. */
  static String function(String name) {
    return name.replaceFirst("^(\\w+-\\w+).*", "$1");
  }

  /** A sample as it is in its file. */
  static String read(String name) {
    try {
      return Files.readString(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A sample, about this run. */
  static String about(String name, String runId) {
    return read(name).replace(RUN, runId);
  }

  /** A sample, about this run and of this connection. */
  static String about(String name, String runId, String connectionId) {
    return about(name, runId).replace(CONNECTION, connectionId);
  }
}
