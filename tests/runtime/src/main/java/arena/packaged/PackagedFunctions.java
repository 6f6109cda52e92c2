package arena.packaged;

import arena.local.lambda.FunctionDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Starts processes of packaged functions, in a folder for what they need. */
public final class PackagedFunctions {
  private static final Duration EMPTY_TIMEOUT = Duration.ofSeconds(10);

  private final Path folder;
  private final Isolation isolation;
  private final RuntimeLibraries libraries;
  private final FunctionImages images;

  private PackagedFunctions(Path folder, Isolation isolation, Optional<Path> core)
      throws IOException {
    this.folder = folder;
    this.isolation = isolation;
    libraries = RuntimeLibraries.in(folder.resolve("runtime"), core);
    images = new FunctionImages(folder, isolation);
  }

  /**
   * Prepares processes with Lambda's folders, user and limits, where this machine permits that.
   *
   * @param root the project's folder
   * @param folder an existing folder for copies of the artefacts
   * @param core aws-lambda-java-core of the runtime, or empty for the version that is built with
   */
  public static PackagedFunctions isolated(Path root, Path folder, Optional<Path> core)
      throws IOException {
    return new PackagedFunctions(folder, Isolation.best(root), core);
  }

  /** Prepares processes with a limit of memory alone, whose start takes no longer than a JVM's. */
  public static PackagedFunctions plain(Path root, Path folder) throws IOException {
    return new PackagedFunctions(folder, Isolation.none(root), Optional.empty());
  }

  /** Returns a sentence about what is not as in Lambda. */
  public String description() {
    return isolation.description();
  }

  /**
   * Starts a process that handles events.
   *
   * @param stack the environment variables of the function in the local stack
   * @param output receives the lines that it prints
   */
  public FunctionProcess start(
      FunctionDefinition function, Map<String, String> stack, Consumer<String> output)
      throws IOException {
    return start(function, LambdaJvm.Start.ON_DEMAND, stack, output);
  }

  /** Starts a process that stops for its snapshot, and handles events once it is restored. */
  public FunctionProcess startForSnapshot(
      FunctionDefinition function, Map<String, String> stack, Consumer<String> output)
      throws IOException {
    return start(function, LambdaJvm.Start.SNAP_START, stack, output);
  }

  private FunctionProcess start(
      FunctionDefinition function,
      LambdaJvm.Start start,
      Map<String, String> stack,
      Consumer<String> output)
      throws IOException {
    return FunctionProcess.start(images.of(function), libraries, isolation, start, stack, output);
  }

  /** Copies the emulator to where the processes find it. */
  void useEmulator(Path program) throws IOException {
    Path copy = libraries.folder().resolve(Emulator.PROGRAM);
    Files.copy(program, copy, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Starts a process with the emulator, see {@link #useEmulator}. */
  FunctionRuntime emulate(
      FunctionDefinition function, Map<String, String> stack, Consumer<String> output)
      throws IOException {
    return Emulator.start(images.of(function), libraries, isolation, stack, output);
  }

  /** Returns a function that does nothing and has no layers, with another function's memory. */
  public FunctionDefinition emptyFunction(int memoryMegabytes, int storageMegabytes)
      throws IOException {
    Path code = folder.resolve("empty-handler");
    String file = EmptyHandler.class.getName().replace('.', '/') + ".class";
    Path target = code.resolve(file);
    Files.createDirectories(target.getParent());
    if (!Files.exists(target)) {
      try (InputStream in = EmptyHandler.class.getResourceAsStream("/" + file)) {
        if (in == null) {
          throw new IOException("the class of the empty handler is missing");
        }
        Files.copy(in, target);
      }
    }
    return new FunctionDefinition(
        "empty",
        EmptyHandler.class.getName(),
        code,
        Map.of(),
        EMPTY_TIMEOUT,
        memoryMegabytes,
        storageMegabytes,
        FunctionDefinition.Background.DEFAULT);
  }
}
