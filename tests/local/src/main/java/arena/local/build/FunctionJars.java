package arena.local.build;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes each function's jar, which holds the classes and resources of its folder, and the
 * libraries that Maven has copied for it alone.
 */
final class FunctionJars {
  private FunctionJars() {}

  /**
   * Writes the jars into the folder next to the classes.
   *
   * @param all whether also those that are there already
   */
  static void write(Module functions, boolean all) throws IOException {
    for (Path source : functions.sources()) {
      // functions/NAME/src/main/java
      Path folder = source.getParent().getParent().getParent();
      Path jar = functions.classes().resolveSibling(folder.getFileName() + ".jar");
      if (all || !Files.exists(jar)) {
        Path libraries = functions.classes().resolveSibling("lib").resolve(folder.getFileName());
        write(source, functions.classes(), resources(folder), libraries, jar);
      }
    }
  }

  /**
   * The names of the folders of resources in a function's jar; also files from elsewhere are in
   * them.
   */
  private static List<String> resources(Path function) throws IOException {
    Path resources = function.resolve(Path.of("src", "main", "resources"));
    if (!Files.isDirectory(resources)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(resources)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  private static void write(
      Path source, Path classes, List<String> resources, Path libraries, Path jar)
      throws IOException {
    Path written = jar.resolveSibling(jar.getFileName() + ".new");
    try (OutputStream file = Files.newOutputStream(written);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      for (Path java : files(source)) {
        String name = java.getFileName().toString().replace(".java", "");
        Path packageFolder = classes.resolve(source.relativize(java.getParent()).toString());
        for (Path compiled : files(packageFolder)) {
          String simple = compiled.getFileName().toString();
          if (simple.equals(name + ".class") || simple.startsWith(name + "$")) {
            add(classes, compiled, zip);
          }
        }
      }
      for (String folder : resources) {
        for (Path resource : files(classes.resolve(folder))) {
          add(classes, resource, zip);
        }
      }
      if (Files.isDirectory(libraries)) {
        for (Path library : files(libraries)) {
          zip.putNextEntry(new ZipEntry("lib/" + library.getFileName()));
          Files.copy(library, zip);
          zip.closeEntry();
        }
      }
    }
    Files.move(written, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void add(Path classes, Path file, ZipOutputStream zip) throws IOException {
    zip.putNextEntry(new ZipEntry(classes.relativize(file).toString().replace('\\', '/')));
    Files.copy(file, zip);
    zip.closeEntry();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
