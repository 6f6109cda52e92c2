package arena.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Runs external programs and reads their output. */
final class ExternalProgram {
  private ExternalProgram() {}

  /**
   * Runs a program and returns its output.
   *
   * @param limit longest allowed duration
   * @throws IllegalStateException if it takes longer or fails
   */
  static String output(List<String> command, Duration limit) {
    try {
      Path file = Files.createTempFile("arena-bench", ".txt");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(file.toFile())
                .start();
        boolean ended;
        try {
          ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
        }
        String output = Files.readString(file, StandardCharsets.UTF_8);
        if (!ended || process.exitValue() != 0) {
          String how = ended ? "failed" : "took longer than " + limit;
          throw new IllegalStateException(
              "%s %s: %s".formatted(command.getFirst(), how, output.strip()));
        }
        return output;
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a program was running", e);
    }
  }

  /**
   * Returns the last number in a program's output.
   *
   * @param pattern pattern whose first group is the number
   * @throws IllegalStateException if there is no match
   */
  static double lastNumber(String output, Pattern pattern) {
    List<MatchResult> found = pattern.matcher(output).results().toList();
    if (found.isEmpty()) {
      throw new IllegalStateException(
          "no match for '%s' in: %s".formatted(pattern, output.strip()));
    }
    return Double.parseDouble(found.getLast().group(1));
  }
}
