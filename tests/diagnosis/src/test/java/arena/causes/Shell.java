package arena.causes;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs the commands of next steps in bash. */
final class Shell {
  private static final long TIMEOUT_SECONDS = 60;

  private Shell() {}

  /** Returns the command of the next step with this action. */
  static Optional<String> command(JsonNode diagnosis, String action) {
    for (JsonNode step : diagnosis.get("next_steps")) {
      if (step.get("action").textValue().equals(action)) {
        return Optional.of(step.get("command").textValue());
      }
    }
    return Optional.empty();
  }

  /** Runs a command and returns its output. */
  static String run(String command, String redisPassword) {
    try {
      ProcessBuilder builder = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true);
      builder.environment().put("REDIS_PASSWORD", redisPassword);
      Process process = builder.start();
      process.getOutputStream().close();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError("%s ended with %s".formatted(command, printed));
      }
      return printed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
