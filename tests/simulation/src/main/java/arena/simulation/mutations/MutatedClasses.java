package arena.simulation.mutations;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles mutated sources, which precede the built classes on a class path. */
final class MutatedClasses {
  private final Path root;
  private final String classPath;

  /**
   * Reads the class path of the tests.
   *
   * @param root the project's folder, in which everything is built
   */
  MutatedClasses(Path root) throws IOException {
    this.root = root;
    List<String> parts = new ArrayList<>();
    for (String classes :
        List.of(
            "layers/arena/target/classes",
            "tests/target/classes",
            "tests/target/test-classes",
            "tests/local/target/classes")) {
      parts.add(root.resolve(classes).toString());
    }
    parts.add(Files.readString(root.resolve("tests/target/classpath.txt")).strip());
    classPath = String.join(File.pathSeparator, parts);
  }

  /** The class path without mutations. */
  String classPath() {
    return classPath;
  }

  /**
   * Writes the mutated classes and scripts into a folder.
   *
   * @param mutations of different files
   * @throws IllegalStateException if one does not compile
   */
  void place(Collection<Mutation> mutations, Path folder) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Mutation mutation : mutations) {
      Path file = folder.resolve(Path.of(mutation.file().replaceFirst("^(java|resources)/", "")));
      Files.createDirectories(file.getParent());
      Files.writeString(file, mutation.mutated(root));
      if (mutation.file().endsWith(".java")) {
        sources.add(file);
      }
    }
    if (!sources.isEmpty()) {
      compile(sources, folder);
    }
  }

  private void compile(List<Path> sources, Path folder) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter diagnostics = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                diagnostics,
                null,
                null,
                List.of("-nowarn", "-proc:none", "-d", folder.toString(), "-cp", classPath),
                null,
                compiler
                    .getStandardFileManager(null, null, null)
                    .getJavaFileObjectsFromPaths(sources))
            .call();
    if (!compiled) {
      throw new IllegalStateException("a mutation does not compile: " + diagnostics);
    }
  }
}
