package arena.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Stops the stack that holds the lock of a state directory, for {@code ./arena down}. It uses no
 * other class of the project, so that the JVM can run it from its source when nothing is built.
 */
public final class StopStack {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final int POLL_MILLIS = 100;

  private StopStack() {}

  /**
   * Stops the stack in the directory that is the only argument; exits with 1 if it keeps running.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path home = Path.of(arguments[0]).toAbsolutePath().normalize();
    String failure = stop(home);
    if (!failure.isEmpty()) {
      System.err.println("arena: " + failure);
      System.exit(1);
    }
  }

  private static String stop(Path home) throws IOException, InterruptedException {
    if (!locked(home)) {
      // A killed stack leaves its files.
      Files.deleteIfExists(home.resolve("pid"));
      Files.deleteIfExists(home.resolve("url"));
      System.err.println("arena: no stack runs in " + home);
      return "";
    }
    Optional<ProcessHandle> process = holder(home);
    if (process.isEmpty() || !process.get().destroy()) {
      return "a stack runs in "
          + home
          + ", but its process cannot be signalled from here"
          + process.map(found -> " (process " + found.pid() + ")").orElse("");
    }
    long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
    while (locked(home)) {
      if (System.nanoTime() > deadline) {
        return "the stack did not stop within %s s; end it with: kill -9 %s"
            .formatted(STOP_LIMIT.toSeconds(), process.get().pid());
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    System.err.println("arena: stopped");
    return "";
  }

  private static boolean locked(Path home) throws IOException {
    Path file = home.resolve("lock");
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel lock = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return lock.tryLock() == null;
    }
  }

  private static Optional<ProcessHandle> holder(Path home) {
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(home.resolve("pid")).strip()));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
