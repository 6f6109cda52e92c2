package arena.local.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The views over archives of several versions. */
class ArchiveViewsTest {
  /** Written before the usage of models had columns. */
  private static final Path OLD =
      Path.of("../../layers/arena/src/test/resources/arena/archive/duckdb-1.5.parquet");

  @TempDir private Path folder;

  private long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      assertTrue(row.next());
      return row.getLong(1);
    }
  }

  @Test
  void readsArchivesWithAndWithoutUsage() throws SQLException, IOException {
    Path runs = Files.createDirectories(folder.resolve("runs/day=2026-11-01"));
    Files.copy(OLD, runs.resolve("0123456789abcdef0123456789abcdef.parquet"));
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      ArchiveViews.create(connection, folder);
      assertEquals(4, number(connection, "SELECT count(*) FROM events"));
      assertEquals(0, number(connection, "SELECT tokens_in FROM runs"));
      statement.execute(
          "COPY (SELECT 'f' AS run_id, 1 AS seq, 'a' AS agent_id, 0 AS t, 'llm_response' AS kind,"
              + " '{}' AS payload_json, 1200 AS tokens_in) TO '"
              + runs.resolve("f.parquet")
              + "' (FORMAT parquet)");
    }
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      ArchiveViews.create(connection, folder);
      assertEquals(5, number(connection, "SELECT count(*) FROM events"));
      assertEquals(1_200, number(connection, "SELECT sum(tokens_in) FROM turns"));
      assertEquals(2, number(connection, "SELECT count(*) FROM runs WHERE model_ms = 0"));
    }
  }
}
