package arena.archive;

import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.duckdb.DuckDBConnection;

/**
 * The process's in-memory DuckDB instance, with limits on memory, threads and disk. It can access
 * only the files in its folder. Thread-safe.
 */
public final class DuckDb {
  private static final Map<Path, DuckDb> INSTANCES = new ConcurrentHashMap<>();

  private static final int CACHED_FILES = 64;

  private final Path folder;
  private final FileCache cache;
  private final DuckDBConnection instance;

  private DuckDb(Path folder) {
    this.folder = folder;
    this.cache = new FileCache(folder, CACHED_FILES, EngineLimits.CACHE_BYTES);
    this.instance = start(folder);
  }

  /**
   * Returns the instance for this folder, started at the first call.
   *
   * @param parent where the instance creates its folder; folders of terminated processes are
   *     deleted. If another user owns it, or it is a link, the instance uses a new folder instead.
   * @throws DependencyUnavailable if DuckDB fails to start
   */
  public static DuckDb in(Path parent) {
    return INSTANCES.computeIfAbsent(parent.toAbsolutePath().normalize(), DuckDb::startIn);
  }

  /** Returns the instance in the folder for temporary files, which users of a machine may share. */
  public static DuckDb inTemporaryFolder() {
    String user = System.getProperty("user.name");
    return in(Path.of(System.getProperty("java.io.tmpdir"), "arena-archive-" + user));
  }

  private static DuckDb startIn(Path parent) {
    try {
      Path own = PrivateFolder.in(parent);
      List<Path> orphans;
      try (Stream<Path> entries = Files.list(own)) {
        orphans = entries.filter(DuckDb::ownerIsTerminated).toList();
      }
      for (Path folder : orphans) {
        delete(folder);
      }
      Path folder = own.resolve(String.valueOf(ProcessHandle.current().pid()));
      delete(folder);
      Files.createDirectories(folder.resolve("spill"));
      return new DuckDb(folder);
    } catch (IOException e) {
      throw Dependency.ARCHIVE.unavailable("cannot create DuckDB's folder in " + parent, e);
    }
  }

  /** A folder's name is the process id of its owner. */
  private static boolean ownerIsTerminated(Path folder) {
    try {
      Optional<ProcessHandle> owner =
          ProcessHandle.of(Long.parseLong(folder.getFileName().toString()));
      return owner.isEmpty();
    } catch (NumberFormatException e) {
      return false; // not a DuckDB folder
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> entries = Files.walk(folder)) {
      entries
          .sorted(Comparator.reverseOrder())
          .forEach(
              entry -> {
                try {
                  Files.deleteIfExists(entry);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (NoSuchFileException e) {
      // Another process that starts deletes the same folder.
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e.getCause();
      }
    }
  }

  private static DuckDBConnection start(Path folder) {
    try {
      DuckDBConnection connection =
          DuckDBConnection.newConnection("jdbc:duckdb:", false, new Properties());
      try (Statement statement = connection.createStatement()) {
        for (String setting :
            List.of(
                bytes("memory_limit", EngineLimits.MEMORY_BYTES),
                String.format(Locale.ROOT, "SET threads = %d", EngineLimits.THREADS),
                "SET temp_directory = %s".formatted(quoted(folder.resolve("spill"))),
                bytes("max_temp_directory_size", EngineLimits.SPILL_BYTES),
                "SET autoinstall_known_extensions = false",
                "SET autoload_known_extensions = false",
                "SET allowed_directories = [%s]".formatted(quoted(folder)),
                "SET enable_external_access = false",
                // must be last: locks the settings above
                "SET lock_configuration = true")) {
          statement.execute(setting);
        }
        return connection;
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (Exception e) { // declared by AutoCloseable
      throw Dependency.ARCHIVE.unavailable("DuckDB failed to start in " + folder, e);
    }
  }

  private static String bytes(String setting, long bytes) {
    return String.format(Locale.ROOT, "SET %s = '%d bytes'", setting, bytes);
  }

  /** The folder of all files that DuckDB reads and writes. */
  Path folder() {
    return folder;
  }

  /** The local copies of archives. */
  FileCache cache() {
    return cache;
  }

  /** An operation on a connection. */
  interface Operation<T> {
    T run(DuckDBConnection connection) throws SQLException;
  }

  /**
   * Runs an operation on its own connection.
   *
   * @param description verb phrase for the error message, such as {@code read x}
   * @throws DependencyUnavailable if DuckDB fails
   */
  <T> T execute(String description, Operation<T> operation) {
    try (DuckDBConnection connection = instance.duplicate()) {
      return operation.run(connection);
    } catch (SQLException e) {
      throw Dependency.ARCHIVE.unavailable("DuckDB could not %s".formatted(description), e);
    }
  }

  /** Returns the file's path as a SQL string literal. */
  static String quoted(Path file) {
    return "'" + file.toAbsolutePath().toString().replace("'", "''") + "'";
  }
}
