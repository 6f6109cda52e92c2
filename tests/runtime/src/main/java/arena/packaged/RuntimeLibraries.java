package arena.packaged;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The libraries of Lambda's Java runtime, in a folder that is {@code /var/runtime/lib}: the runtime
 * interface client, its native library, and what it uses. They are loaded before the function's.
 *
 * @param folder the folder
 * @param jars the names of the jars, in the order of the class path
 */
record RuntimeLibraries(Path folder, List<String> jars) {
  /** Name of the native library in the folder. */
  static final String NATIVE = "libaws-lambda-jni.so";

  private static final List<String> NAMES =
      List.of(
          "aws-lambda-java-core",
          "aws-lambda-java-runtime-interface-client",
          "aws-lambda-java-serialization",
          "utils-lite");

  /** Copies the list. */
  RuntimeLibraries {
    jars = List.copyOf(jars);
  }

  /**
   * Copies the libraries of this process's class path.
   *
   * @param core another version of aws-lambda-java-core, or empty for the one of the class path
   */
  static RuntimeLibraries in(Path folder, Optional<Path> core) throws IOException {
    Files.createDirectories(folder);
    List<String> jars = new ArrayList<>();
    for (String name : NAMES) {
      Path jar = core.filter(_ -> jars.isEmpty()).orElseGet(() -> onClassPath(name));
      String file = jar.getFileName().toString();
      Files.copy(jar, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      jars.add(file);
    }
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    String library =
        String.format(
            Locale.ROOT, "/jni/libaws-lambda-jni.linux-%s.so", arm ? "aarch_64" : "x86_64");
    try (InputStream in = AWSLambda.class.getResourceAsStream(library)) {
      if (in == null) {
        throw new IOException("the runtime interface client has no " + library);
      }
      Files.copy(in, folder.resolve(NATIVE), StandardCopyOption.REPLACE_EXISTING);
    }
    FunctionImages.makeReadable(folder);
    return new RuntimeLibraries(folder, jars);
  }

  private static Path onClassPath(String name) {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      Path file = path.getFileName();
      if (file != null && file.toString().matches(name + "-[0-9.]+\\.jar")) {
        return path;
      }
    }
    throw new IllegalStateException(name + " is not on the class path");
  }
}
