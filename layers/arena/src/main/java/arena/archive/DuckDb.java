package arena.archive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
 * The process's one DuckDB, in memory, with bounded memory, threads and disk. It reads and writes
 * files in a folder of its own and reaches nothing else, whatever it is asked.
 */
public final class DuckDb {
  /** Enough for some archives at once; a larger sort goes to the disk. */
  private static final String MEMORY = "256MB";

  private static final int THREADS = 2;

  /**
   * Most that goes to the disk beside the archives. A function that starts from a snapshot has 512
   * MB there: this, what is cached, and the largest archive that is being read, are less.
   */
  private static final String SPILL = "128MB";

  private static final Map<Path, DuckDb> INSTANCES = new ConcurrentHashMap<>();

  private static final int CACHED_FILES = 64;
  private static final long CACHED_BYTES = 64L * 1024 * 1024;

  private final Path folder;
  private final FileCache cache;
  private final DuckDBConnection instance;

  private DuckDb(Path folder) {
    this.folder = folder;
    this.cache = new FileCache(folder, CACHED_FILES, CACHED_BYTES);
    this.instance = start(folder);
  }

  /**
   * The DuckDB that works in this folder; started at the first call, and then always the same one.
   *
   * @param parent where it makes a folder of its own; what processes that are gone have left there
   *     is deleted
   * @throws ArchiveUnavailable if it does not start
   */
  public static DuckDb in(Path parent) {
    return INSTANCES.computeIfAbsent(
        parent.toAbsolutePath().normalize(), DuckDb::startedWithCleanFolder);
  }

  private static DuckDb startedWithCleanFolder(Path parent) {
    try {
      Files.createDirectories(parent);
      List<Path> left;
      try (Stream<Path> entries = Files.list(parent)) {
        left = entries.filter(DuckDb::ownerIsGone).toList();
      }
      for (Path folder : left) {
        delete(folder);
      }
      Path folder = parent.resolve(String.valueOf(ProcessHandle.current().pid()));
      delete(folder);
      Files.createDirectories(folder.resolve("spill"));
      return new DuckDb(folder);
    } catch (IOException e) {
      throw new ArchiveUnavailable("cannot make DuckDB's folder in " + parent, e);
    }
  }

  /** A folder's name is the id of the process that works in it. */
  private static boolean ownerIsGone(Path folder) {
    try {
      Optional<ProcessHandle> owner =
          ProcessHandle.of(Long.parseLong(folder.getFileName().toString()));
      return owner.isEmpty();
    } catch (NumberFormatException e) {
      return false; // not ours
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
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
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static DuckDBConnection start(Path folder) {
    try {
      DuckDBConnection connection =
          DuckDBConnection.newConnection("jdbc:duckdb:", false, new Properties());
      try (Statement statement = connection.createStatement()) {
        for (String setting :
            List.of(
                "SET memory_limit = '%s'".formatted(MEMORY),
                String.format(Locale.ROOT, "SET threads = %d", THREADS),
                "SET temp_directory = %s".formatted(quoted(folder.resolve("spill"))),
                "SET max_temp_directory_size = '%s'".formatted(SPILL),
                "SET autoinstall_known_extensions = false",
                "SET autoload_known_extensions = false",
                "SET allowed_directories = [%s]".formatted(quoted(folder)),
                "SET enable_external_access = false",
                // From here on no statement can undo one of these.
                "SET lock_configuration = true")) {
          statement.execute(setting);
        }
        return connection;
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (Exception e) { // the driver declares no narrower one
      throw new ArchiveUnavailable("DuckDB does not start in " + folder, e);
    }
  }

  /** Where files must be that it reads or writes. */
  Path folder() {
    return folder;
  }

  /** The archives that are here to be read. */
  FileCache cache() {
    return cache;
  }

  /** What is done with a connection. */
  interface Work<T> {
    T on(DuckDBConnection connection) throws SQLException;
  }

  /**
   * Does something with a connection of its own.
   *
   * @param what names it in the error
   * @throws ArchiveUnavailable if DuckDB refuses
   */
  <T> T with(String what, Work<T> work) {
    try (DuckDBConnection connection = instance.duplicate()) {
      return work.on(connection);
    } catch (SQLException e) {
      throw new ArchiveUnavailable("DuckDB could not %s".formatted(what), e);
    }
  }

  /** A file's name as SQL writes it. */
  static String quoted(Path file) {
    return "'" + file.toAbsolutePath().toString().replace("'", "''") + "'";
  }
}
