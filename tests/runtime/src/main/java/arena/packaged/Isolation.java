package arena.packaged;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How a function's process is separated from the machine.
 *
 * <p>As root on Linux, {@code tests/runtime/sandbox} gives it Lambda's folders, read-only, a {@code
 * /tmp} of the function's size, and an unprivileged user. Elsewhere only its memory is limited, its
 * layers are linked into its task root, and it writes to another folder than {@code /tmp}.
 */
final class Isolation {
  private static final int CHECK_SECONDS = 10;
  private static final List<String> INHERITED = List.of("LANG", "LC_ALL", "LC_CTYPE");

  private final Path script;
  private final boolean isolates;

  private Isolation(Path script, boolean isolates) {
    this.script = script;
    this.isolates = isolates;
  }

  /**
   * The best isolation that this machine permits.
   *
   * @param root the project's folder
   */
  static Isolation best(Path root) {
    Path script = root.resolve("tests/runtime/sandbox").toAbsolutePath();
    return new Isolation(script, canMount());
  }

  /** No isolation but a limit of memory, which is the fastest to start. */
  static Isolation none(Path root) {
    return new Isolation(root.resolve("tests/runtime/sandbox").toAbsolutePath(), false);
  }

  private static boolean canMount() {
    try {
      if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
        return false;
      }
      Process check =
          new ProcessBuilder("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/opt")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return check.waitFor(CHECK_SECONDS, TimeUnit.SECONDS) && check.exitValue() == 0;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether the process sees Lambda's folders only. */
  boolean isolates() {
    return isolates;
  }

  /** Returns where the process finds the function and its runtime. */
  Places places(FunctionImage image, RuntimeLibraries libraries) {
    return isolates
        ? new Places("/var/task", "/opt", "/var/runtime/lib", "/var/lang/bin/java", "/tmp")
        : new Places(
            image.task().toString(),
            image.opt().toString(),
            libraries.folder().toString(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            temporary(image).toString());
  }

  /**
   * Where things are for the process.
   *
   * @param task the task root
   * @param opt the layers
   * @param libraries the libraries of the runtime
   * @param java the program
   * @param temporary the folder that it may write
   */
  record Places(String task, String opt, String libraries, String java, String temporary) {}

  private static Path temporary(FunctionImage image) {
    return image.task().resolveSibling("tmp-" + image.function().name());
  }

  /** Returns a process builder for a command that runs in the task root. */
  ProcessBuilder builder(
      FunctionImage image,
      RuntimeLibraries libraries,
      List<String> command,
      Map<String, String> environment)
      throws IOException {
    List<String> words = new ArrayList<>();
    String memory = Integer.toString(image.function().memoryMegabytes());
    if (isolates) {
      Path mountPoint = image.task().resolveSibling("root-" + image.function().name());
      Files.createDirectories(mountPoint);
      words.addAll(List.of("unshare", "--mount", "/bin/sh", script.toString(), memory));
      words.addAll(
          List.of(
              mountPoint.toString(),
              image.task().toString(),
              image.opt().toString(),
              libraries.folder().toString(),
              System.getProperty("java.home"),
              Integer.toString(image.function().storageMegabytes())));
    } else {
      Files.createDirectories(temporary(image));
      words.addAll(List.of("/bin/sh", script.toString(), memory));
    }
    words.add("--");
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.directory(new File(image.task().toString()));
    builder.environment().keySet().retainAll(isolates ? List.of() : INHERITED);
    builder.environment().putAll(environment);
    return builder;
  }

  /** Returns a sentence about what is not as in Lambda. */
  String description() {
    return isolates
        ? "isolated: Lambda's folders, user, memory and /tmp"
        : "not isolated: no root, or no mount namespaces; only the memory is limited";
  }

  /** Returns the bytes in the folder that a process without isolation writes to. */
  static long temporaryBytes(FunctionImage image) throws IOException {
    Path folder = temporary(image);
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "Isolation[%s]", description());
  }
}
