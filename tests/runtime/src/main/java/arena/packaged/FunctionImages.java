package arena.packaged;

import arena.local.lambda.FunctionDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Lays out functions in a folder. Functions with the same layers share their copy. */
final class FunctionImages {
  private static final String DUCKDB_LIBRARY = "libduckdb_java.so";

  private final Path folder;
  private final Isolation isolation;
  private final Map<List<Path>, Path> merged = new HashMap<>();
  private final Map<String, FunctionImage> images = new HashMap<>();

  /**
   * Creates no image yet.
   *
   * @param folder where the images are made
   */
  FunctionImages(Path folder, Isolation isolation) {
    this.folder = folder;
    this.isolation = isolation;
  }

  /**
   * Lays out a function, once.
   *
   * @throws IOException if its code or a layer is not built, among other reasons
   */
  synchronized FunctionImage of(FunctionDefinition function) throws IOException {
    FunctionImage image = images.get(function.name());
    if (image == null) {
      image = layOut(function);
      images.put(function.name(), image);
    }
    return image;
  }

  private FunctionImage layOut(FunctionDefinition function) throws IOException {
    List<Path> layers = function.packaging().layers();
    Path opt = merged.get(layers);
    if (opt == null) {
      opt = folder.resolve("opt-" + merged.size());
      merge(layers, opt);
      merged.put(layers, opt);
    }
    Path task = folder.resolve("task-" + function.name());
    Files.createDirectories(task);
    unpack(function.code(), task);
    if (!isolation.isolates()) {
      linkLibraries(opt.resolve("java/lib"), task.resolve("lib"));
    }
    makeReadable(task);
    return new FunctionImage(function, task, opt);
  }

  private static void merge(List<Path> layers, Path opt) throws IOException {
    Files.createDirectories(opt);
    for (Path layer : layers) {
      if (!Files.isDirectory(layer)) {
        throw new IOException("not built: " + layer + "; run ./arena build");
      }
      copy(layer, opt);
    }
    useLibraryOfThisMachine(opt);
    makeReadable(opt);
  }

  /** Unpacks a jar or zip, as Lambda does, or copies a folder. */
  private static void unpack(Path code, Path task) throws IOException {
    if (Files.isDirectory(code)) {
      copy(code, task);
      return;
    }
    try (InputStream file = Files.newInputStream(code);
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path target = task.resolve(entry.getName()).normalize();
        if (!target.startsWith(task)) {
          throw new IOException(code + " has an entry outside of its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(zip, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /**
   * Replaces the DuckDB layer's library, which is for Lambda's arm64, by that of an x86-64 machine.
   */
  private static void useLibraryOfThisMachine(Path opt) throws IOException {
    Path library = opt.resolve("lib").resolve(DUCKDB_LIBRARY);
    if (!Files.exists(library) || System.getProperty("os.arch").equals("aarch64")) {
      return;
    }
    String name = "/" + DUCKDB_LIBRARY + "_linux_amd64";
    try (InputStream in = FunctionImages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the driver of DuckDB has no " + name);
      }
      Files.copy(in, library, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /**
   * Without isolation nothing is at {@code /opt}, where the runtime interface client looks for
   * layers; in the task root's {@code lib} the same class loader finds them.
   */
  private static void linkLibraries(Path libraries, Path lib) throws IOException {
    if (!Files.isDirectory(libraries)) {
      return;
    }
    Files.createDirectories(lib);
    try (Stream<Path> jars = Files.list(libraries)) {
      for (Path jar : (Iterable<Path>) jars::iterator) {
        Path link = lib.resolve(jar.getFileName().toString());
        if (!Files.exists(link)) {
          Files.createSymbolicLink(link, jar.toAbsolutePath());
        }
      }
    }
  }

  /** Lets every user read the files, as Lambda requires, and execute programs. */
  static void makeReadable(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (!Files.isSymbolicLink(file)) {
          Files.setPosixFilePermissions(
              file,
              PosixFilePermissions.fromString(
                  Files.isDirectory(file) || Files.isExecutable(file) ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
  }
}
