package arena.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DuckDbTest {
  @TempDir static Path shared;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM read_text('OUTSIDE/secret')",
        "COPY (SELECT 1) TO 'OUTSIDE/written'",
        "ATTACH 'OUTSIDE/other.duckdb'",
        "SELECT * FROM read_parquet('s3://bucket/key')",
        "SELECT * FROM read_csv('https://localhost/a.csv')",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET memory_limit = '100GB'",
        "SET autoinstall_known_extensions = true",
        "SET lock_configuration = false",
      })
  void cannotAccessFilesOutsideItsFolder(String statement) throws IOException {
    Files.writeString(shared.resolve("secret"), "secret");
    DuckDb duckDb = DuckDb.in(shared.resolve("work"));
    DependencyUnavailable refused =
        assertThrows(
            DependencyUnavailable.class,
            () -> execute(duckDb, statement.replace("OUTSIDE", shared.toString())));
    assertEquals(Dependency.ARCHIVE, refused.dependency());
    assertTrue(
        refused.getCause().getMessage().contains("Permission Error")
            || refused.getCause().getMessage().contains("configuration has been locked")
            || refused.getCause().getMessage().contains("Extension"),
        refused.getCause().getMessage());
    assertFalse(Files.exists(shared.resolve("written")));
  }

  @Test
  void keepsItsFolderPrivate(@TempDir Path shared) throws IOException {
    Path wide = Files.createDirectory(shared.resolve("wide"));
    Files.setPosixFilePermissions(wide, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (Path parent : List.of(wide, shared.resolve("new"))) {
      assertEquals(parent.toAbsolutePath(), DuckDb.in(parent).folder().getParent());
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(parent)));
    }
  }

  @Test
  void doesNotFollowAPlantedLink(@TempDir Path shared) throws IOException {
    Path victim = Files.createDirectories(shared.resolve("victim"));
    String terminated = String.valueOf(Integer.MAX_VALUE);
    Path file = Files.createDirectory(victim.resolve(terminated)).resolve("file");
    Files.writeString(file, "kept");
    Path planted = Files.createSymbolicLink(shared.resolve("planted"), victim);
    Path used = DuckDb.in(planted).folder().toRealPath();
    assertEquals("kept", Files.readString(file));
    assertFalse(used.startsWith(victim.toRealPath()), used.toString());
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(used.getParent())));
  }

  @Test
  void readsAndWritesInItsFolder() {
    DuckDb duckDb = DuckDb.in(shared.resolve("work"));
    Path file = duckDb.folder().resolve("it's.parquet");
    execute(duckDb, "COPY (SELECT 1) TO %s (FORMAT parquet)".formatted(DuckDb.quoted(file)));
    assertTrue(Files.exists(file));
  }

  @Test
  void isOneAProcessAndTidiesUpAfterThoseThatAreGone(@TempDir Path parent) throws Exception {
    Process gone =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(), "-XX:-UsePerfData")
            .start();
    gone.destroyForcibly();
    assertTrue(gone.waitFor(10, TimeUnit.SECONDS));
    Path left = Files.createDirectories(parent.resolve(String.valueOf(gone.pid())));
    Files.writeString(left.resolve("copy-1.parquet"), "left");
    Path alive = Files.createDirectories(parent.resolve("1"));
    Path others = Files.createDirectories(parent.resolve("others"));
    DuckDb duckDb = DuckDb.in(parent);
    assertFalse(Files.exists(left));
    assertTrue(Files.exists(alive));
    assertTrue(Files.exists(others));
    assertSame(duckDb, DuckDb.in(parent.resolve("others/..")));
    assertEquals(parent, duckDb.folder().getParent());
  }

  private static void execute(DuckDb duckDb, String sql) {
    duckDb.execute(
        "execute",
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
          }
        });
  }
}
