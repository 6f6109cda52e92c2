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
 * The folder that holds all that a stack keeps, and one stack at a time:
 *
 * <pre>
 * pid             the process that works here
 * url             the address of its HTTP API, once it serves
 * lock            held by that process
 * redis-password  made up at the first start, readable by the owner alone
 * redis/ dynamodb/ s3/ states/
 * logs/           stack.log, a log a function, access logs
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

  /** Takes this folder, or a temporary one that goes with the stack. */
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
                + " works in "
                + folder
                + "; stop it with ./arena down, or choose another folder with ARENA_HOME");
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

  /** Nothing that is kept here outlives the stack. */
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

  /** The password of Redis: made up once. */
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
      throw new UncheckedIOException("cannot keep the password of Redis in " + file, e);
    }
  }

  /** Lets go of the folder; a temporary one is deleted. */
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
      throw new UncheckedIOException("cannot let go of the folder " + folder, e);
    }
  }
}
