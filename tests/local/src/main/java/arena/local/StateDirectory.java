package arena.local;

import arena.local.iam.Credentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directory with the state of a stack, locked by its process:
 *
 * <pre>
 * pid             the id of the process
 * url             the address of its HTTP API, once it serves
 * lock            held by that process
 * redis-password  generated at the first start, readable by the owner only
 * credentials     of the AWS services, generated at the first start, readable by the owner only
 * redis/ dynamodb/ s3/ states/
 * logs/           stack.log, a log for each function, access logs
 * </pre>
 */
final class StateDirectory implements AutoCloseable {
  private static final int PASSWORD_BYTES = 24;
  private static final List<String> PARTS = List.of("redis", "dynamodb", "s3", "states", "logs");
  private static final String REDIS_PASSWORD = "redis-password";
  private static final String CREDENTIALS = "credentials";
  private static final Pattern KEY = Pattern.compile("(?m)^aws_access_key_id = ([A-Z0-9]{16,64})$");
  private static final Pattern SECRET =
      Pattern.compile("(?m)^aws_secret_access_key = ([A-Za-z0-9_-]{30,64})$");

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
    return take(wanted, line -> {});
  }

  /**
   * Locks a directory, or a temporary one that is deleted with the stack.
   *
   * @param progress receives a line if others can read the directory
   */
  static StateDirectory take(Optional<Path> wanted, Consumer<String> progress) {
    try {
      Path folder =
          wanted.isPresent()
              ? privateFolder(wanted.get().toAbsolutePath().normalize(), progress)
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
      // Private also in a directory that is not.
      for (String part : PARTS) {
        FileModes.privateFolder(folder.resolve(part));
      }
      Files.writeString(folder.resolve("pid"), ProcessHandle.current().pid() + "\n");
      return new StateDirectory(folder, wanted.isEmpty(), lock);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot use the folder " + wanted.map(Path::toString).orElse("of temporary files"), e);
    }
  }

  /**
   * Makes the folder, for its owner alone where the file system knows owners. An existing one that
   * is open to others becomes private if it is empty or has been used by a stack; another one may
   * have other uses, so that only a warning is reported.
   */
  private static Path privateFolder(Path folder, Consumer<String> progress) throws IOException {
    if (!Files.isDirectory(folder)) {
      if (folder.getParent() != null) {
        Files.createDirectories(folder.getParent());
      }
      return FileModes.createFolder(folder);
    }
    Optional<String> wide = FileModes.openToOthers(folder);
    if (wide.isPresent()) {
      boolean own = Files.exists(folder.resolve("lock")) || isEmpty(folder);
      boolean mended = own && FileModes.makePrivate(folder);
      progress.accept(
          "ARENA_HOME ("
              + folder
              + ") "
              + (mended ? "was" : "is")
              + " open to other users: "
              + wide.get()
              + (mended ? "; it is private now" : "; make it private with chmod 700"));
    }
    return folder;
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
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

  /** Records where the tables are, for commands that create and revoke tokens. */
  void recordDynamoDb(URI url) throws IOException {
    Files.writeString(folder.resolve("dynamodb-url"), url + "\n");
  }

  Path logs() {
    return folder.resolve("logs");
  }

  /** Returns the password of Redis, which is generated once. */
  String redisPassword() {
    Path file = folder.resolve(REDIS_PASSWORD);
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      byte[] bytes = new byte[PASSWORD_BYTES];
      new SecureRandom().nextBytes(bytes);
      String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      FileModes.writePrivately(file, password + "\n");
      return password;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the password of Redis to " + file, e);
    }
  }

  /** Returns the credentials for the AWS services of the stack, which are generated once. */
  Credentials credentials() {
    Path file = credentialsFile();
    try {
      String text = Files.exists(file) ? Files.readString(file) : "";
      Matcher key = KEY.matcher(text);
      Matcher secret = SECRET.matcher(text);
      if (key.find() && secret.find()) {
        return new Credentials(key.group(1), secret.group(1), Optional.empty());
      }
      Credentials made = Credentials.lasting();
      FileModes.writePrivately(
          file,
          "[default]\naws_access_key_id = "
              + made.accessKeyId()
              + "\naws_secret_access_key = "
              + made.secretAccessKey()
              + "\nregion = "
              + CallerIdentity.LOCAL.region()
              + "\n");
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the credentials to " + file, e);
    }
  }

  /** Returns the file with the credentials, as {@code AWS_SHARED_CREDENTIALS_FILE} names it. */
  Path credentialsFile() {
    return folder.resolve(CREDENTIALS);
  }

  /** Releases the directory; a temporary one is deleted. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(folder.resolve("url"));
      Files.deleteIfExists(folder.resolve("dynamodb-url"));
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
