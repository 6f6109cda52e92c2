package arena.local.build;

import java.io.IOException;
import java.nio.file.Path;

/** Builds what {@code ./arena} is about to start, in the project's folder. */
public final class Main {
  private Main() {}

  /**
   * Builds a goal, {@code stack}, {@code tools}, {@code all} or a folder of tests; or, with {@code
   * --adopt}, takes the class files of Maven's build.
   */
  public static void main(String[] arguments) throws IOException {
    Build build = Build.of(Path.of(""));
    if (arguments[0].equals("--adopt")) {
      build.adopt();
      return;
    }
    try {
      build.run(arguments[0]).forEach(line -> System.err.println("  " + line));
    } catch (CompileFailed e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
