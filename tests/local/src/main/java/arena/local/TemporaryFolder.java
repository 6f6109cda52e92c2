package arena.local;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;

/**
 * The folder that the launcher gave this process for its temporary files, named by the property
 * {@code arena.tmpdir}; {@code java.io.tmpdir} is the same folder. The launcher becomes this
 * process, so the process itself has to delete it.
 */
public final class TemporaryFolder {
  private static final Duration STACK_LIMIT = Duration.ofSeconds(60);

  private TemporaryFolder() {}

  /** Has the folder deleted when the JVM ends, after its stack; does nothing if none was given. */
  public static void deleteAtExit() {
    Optional.ofNullable(System.getProperty("arena.tmpdir"))
        .map(Path::of)
        .ifPresent(
            folder ->
                Runtime.getRuntime()
                    .addShutdownHook(
                        new Thread(() -> deleteAfterStack(folder), "delete-temporary-folder")));
  }

  private static void deleteAfterStack(Path folder) {
    try {
      LocalStack.awaitClosed(STACK_LIMIT);
      delete(folder);
    } catch (IOException e) {
      // The launcher deletes the folders of processes that are gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Deletes a folder with all that is in it; files may go meanwhile. */
  static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            // A server that is just ending may have taken its file with it.
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
