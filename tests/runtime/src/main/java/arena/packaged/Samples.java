package arena.packaged;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The sample events of {@code events/}. */
final class Samples {
  /** Run id in the samples. */
  static final String RUN = "5eed0000000000000000000000000001";

  /** Id of the run that is compared with it. */
  static final String OTHER_RUN = "5eed0000000000000000000000000002";

  private static final Path FOLDER = Path.of("events");

  private Samples() {}

  /** Returns the file names, sorted. */
  static List<String> names() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the name of a sample's function, the prefix of its file name. */
  static String function(String name) {
    return name.replaceFirst("^(\\w+-\\w+).*", "$1");
  }

  /** Reads a sample about these runs. */
  static String about(String name, String runId, String other) {
    try {
      return Files.readString(FOLDER.resolve(name)).replace(RUN, runId).replace(OTHER_RUN, other);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
