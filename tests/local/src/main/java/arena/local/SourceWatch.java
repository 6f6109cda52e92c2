package arena.local;

import arena.local.build.Build;
import arena.local.build.CompileFailed;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Compiles the layer and the functions when a source changes, and has the stack load them. Sources
 * that do not compile leave the stack as it is.
 */
final class SourceWatch {
  private static final int POLL_MILLIS = 300;
  private static final Path LAYER = Path.of("layers", "arena");

  private final Path root;
  private final LocalStack stack;
  private final PrintStream console;

  private SourceWatch(Path root, LocalStack stack, PrintStream console) {
    this.root = root.toAbsolutePath();
    this.stack = stack;
    this.console = console;
  }

  /** Starts a thread that watches the project in this folder until the process ends. */
  static void start(Path root, LocalStack stack, PrintStream console) {
    SourceWatch watch = new SourceWatch(root, stack, console);
    Thread.ofPlatform().daemon().name("arena-watch").start(watch::run);
    console.println();
    console.println("Changes in layers/arena and functions are loaded while it runs.");
  }

  private void run() {
    String loaded = sources();
    try {
      while (true) {
        Thread.sleep(POLL_MILLIS);
        String now = sources();
        if (!now.equals(loaded)) {
          loaded = now;
          load();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void load() {
    long start = System.nanoTime();
    try {
      List<String> compiled = Build.of(root).runReloadable();
      if (compiled.isEmpty()) {
        return;
      }
      stack.reload(copy(root.resolve(LAYER).resolve(Path.of("target", "classes"))));
      compiled.forEach(line -> console.println("  " + line));
      console.printf(
          Locale.ROOT,
          "arena: changed code is loaded, %.1f s%n",
          (System.nanoTime() - start) / 1e9);
    } catch (CompileFailed e) {
      console.println(e.getMessage());
      console.println("arena: the sources do not compile; the code from before stays loaded");
    } catch (IOException | UncheckedIOException e) {
      console.println("arena: changed code was not loaded: " + e);
    }
  }

  /** A text that changes when a source is changed, added or deleted. */
  private String sources() {
    StringBuilder text = new StringBuilder();
    for (Path folder :
        List.of(root.resolve(LAYER).resolve("src/main"), root.resolve("functions"))) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(SourceWatch::isSource).toList()) {
          text.append(file).append(Files.getLastModifiedTime(file).toMillis()).append('\n');
        }
      } catch (IOException | UncheckedIOException e) {
        // A file was deleted meanwhile: the next look has the rest.
        text.append(e);
      }
    }
    return text.toString();
  }

  private static boolean isSource(Path file) {
    return file.toString().contains("/src/") && Files.isRegularFile(file);
  }

  /** A copy in the temporary folder: later builds do not change the classes of invocations. */
  private static Path copy(Path classes) throws IOException {
    Path copy = Files.createTempDirectory("layer-");
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(classes.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    return copy;
  }
}
