package arena.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * The directory with the state of a stack, locked by its process:
 *
 * <pre>
 * pid             the id of the process
 * url             the address of its HTTP API, once it serves
 * lock            held by that process
 * redis-password  generated at the first start, readable by the owner only
 * redis/ dynamodb/ s3/ states/
 * logs/           stack.log, a log for each function, access logs
 * </pre>
 */
final class StateDirectory implements AutoCloseable {
  private static final int PASSWORD_BYTES = 24;

  private final Path folder;
  private final boolean temporary;
  private final FileChannel lock;

  private StateDirectory(Path folder, boolean temporary, FileChannel lock) {
    this.folder = folder;
    this.temporary = temporary;
    this.lock = lock;
  }

  /** Locks a directory, or a temporary one that is deleted with the stack. */
  static StateDirectory take(Optional<Path> wanted) {
    try {
      Path folder =
          wanted.isPresent()
              ? privateFolder(wanted.get().toAbsolutePath().normalize())
              : Files.createTempDirectory("arena-");
      FileChannel lock =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(lock)) {
        lock.close();
        throw new StateDirectoryInUse(
            "another local stack"
                + pid(folder).map(pid -> " (process " + pid + ")").orElse("")
                + " uses "
                + folder
                + "; stop it with ./arena down, or choose another directory with ARENA_HOME");
      }
      Files.writeString(folder.resolve("pid"), ProcessHandle.current().pid() + "\n");
      return new StateDirectory(folder, wanted.isEmpty(), lock);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot use the folder " + wanted.map(Path::toString).orElse("of temporary files"), e);
    }
  }

  /** Makes the folder, for its owner alone where the file system knows owners. */
  private static Path privateFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    if (folder.getParent() != null) {
      Files.createDirectories(folder.getParent());
    }
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
        : Files.createDirectory(folder);
  }

  private static boolean locked(FileChannel lock) throws IOException {
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static Optional<String> pid(Path folder) {
    try {
      return Optional.of(Files.readString(folder.resolve("pid")).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  Path folder() {
    return folder;
  }

  /** Returns whether the directory is deleted with the stack. */
  boolean temporary() {
    return temporary;
  }

  /** Records where the stack's HTTP API answers, for commands that call it. */
  void recordUrl(URI url) throws IOException {
    Files.writeString(folder.resolve("url"), url + "\n");
  }

  Path logs() {
    return folder.resolve("logs");
  }

  /** Returns the password of Redis, which is generated once. */
  String redisPassword() {
    Path file = folder.resolve("redis-password");
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      byte[] bytes = new byte[PASSWORD_BYTES];
      new SecureRandom().nextBytes(bytes);
      String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.writeString(file, password + "\n");
      return password;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the password of Redis to " + file, e);
    }
  }

  /** Releases the directory; a temporary one is deleted. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(folder.resolve("url"));
      Files.deleteIfExists(folder.resolve("pid"));
      lock.close();
      if (temporary) {
        TemporaryFolder.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot release the directory " + folder, e);
    }
  }
}
