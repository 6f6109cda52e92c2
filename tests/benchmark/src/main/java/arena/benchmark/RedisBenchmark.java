package arena.benchmark;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The redis-benchmark program of this machine. */
final class RedisBenchmark {
  static final int PIPELINE = 16;

  private static final String NAME = "redis-benchmark";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern RATE = Pattern.compile("([0-9.]+) requests per second");

  private final Path program;

  private RedisBenchmark(Path program) {
    this.program = program;
  }

  /** Finds the program on the PATH. */
  static Optional<RedisBenchmark> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, NAME))
        .filter(Files::isExecutable)
        .findFirst()
        .map(RedisBenchmark::new);
  }

  /**
   * Adds entries to a stream over one connection.
   *
   * @param user a user that may add to the stream without a password
   * @param keep approximate number of entries that the stream keeps
   * @return entries per second
   */
  double addToStream(int port, String user, String stream, int keep, String value, int entries) {
    List<String> command =
        List.of(
            program.toString(),
            "-h",
            "127.0.0.1",
            "-p",
            String.valueOf(port),
            "--user",
            user,
            "-a",
            "none",
            "-c",
            "1",
            "-P",
            String.valueOf(PIPELINE),
            "-n",
            String.valueOf(entries),
            "-q",
            "XADD",
            stream,
            "MAXLEN",
            "~",
            String.valueOf(keep),
            "*",
            "envelope",
            value);
    return ExternalProgram.lastNumber(ExternalProgram.output(command, LIMIT), RATE);
  }
}
