package arena.archive;

import arena.event.Event;
import arena.run.RunId;
import arena.run.Usage;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the Parquet files that {@link ParquetWriter} writes. */
final class ParquetFiles {
  private final DuckDb duckDb;

  ParquetFiles(DuckDb duckDb) {
    this.duckDb = duckDb;
  }

  /** Number of rows, first and last seq of a file; both 0 if it is empty. */
  record Extent(long rows, long firstSeq, long lastSeq) {
    /** Whether the file has exactly the events 1 to {@code count}. */
    boolean isComplete(long count) {
      return rows == count && lastSeq == count && firstSeq == Math.min(1, count);
    }
  }

  /** Reads a file's extent. */
  Extent extent(Path file) {
    return one(
            file,
            "SELECT count(*), coalesce(min(seq), 0), coalesce(max(seq), 0) FROM read_parquet(?)",
            row -> new Extent(row.getLong(1), row.getLong(2), row.getLong(3)))
        .orElseThrow();
  }

  /**
   * Reads the events with {@code fromSeq} ≤ seq < {@code toSeq}, in order.
   *
   * @param maxBytes maximum total size of the payloads, except that one event is always returned
   */
  List<Event> events(Path file, long fromSeq, long toSeq, int maxBytes) {
    // The driver copies up to 2,048 rows at once into the heap, so their size is limited before.
    return query(
        file,
        EVENT + "WHERE seq >= ? AND seq < ? ORDER BY seq",
        ParquetFiles::event,
        fromSeq,
        endWithin(file, fromSeq, toSeq, maxBytes));
  }

  /** Returns the seq at which a page ends that starts at {@code fromSeq}. */
  private long endWithin(Path file, long fromSeq, long toSeq, int maxBytes) {
    List<Long> sizes =
        query(
            file,
            """
            SELECT strlen(payload_json) FROM read_parquet(?)
            WHERE seq >= ? AND seq < ? ORDER BY seq
            """,
            row -> row.getLong(1),
            fromSeq,
            toSeq);
    long bytes = 0;
    for (int i = 0; i < sizes.size(); i++) {
      bytes += sizes.get(i);
      if (bytes > maxBytes && i > 0) {
        return fromSeq + i;
      }
    }
    return toSeq;
  }

  /** Reads the {@code turn_start} of a turn. */
  Optional<Event> turnStart(Path file, int t) {
    return one(
        file,
        EVENT + "WHERE kind = 'turn_start' AND t = ? ORDER BY seq LIMIT 1",
        ParquetFiles::event,
        (long) t);
  }

  // epoch_us: the driver would convert a TIMESTAMP to the machine's time zone
  private static final String EVENT =
      """
      SELECT run_id, seq, agent_id, t, kind, payload_json, epoch_us(ts), schema_version
      FROM read_parquet(?)
      """;

  private static Event event(ResultSet row) throws SQLException {
    return new Event(
        RunId.of(row.getString(1)),
        row.getLong(2),
        row.getString(3),
        row.getInt(4),
        row.getString(5),
        row.getString(6),
        Instant.EPOCH.plus(row.getLong(7), ChronoUnit.MICROS),
        row.getInt(8));
  }

  /** Reads one point per {@code turn_start}, in order. */
  List<Archive.Point> series(Path file) {
    return query(
        file,
        """
        SELECT turn_num, food, wood, gold, stone, population FROM read_parquet(?)
        WHERE kind = 'turn_start' AND turn_num IS NOT NULL ORDER BY seq
        """,
        row ->
            new Archive.Point(
                row.getInt(1),
                row.getDouble(2),
                row.getDouble(3),
                row.getDouble(4),
                row.getDouble(5),
                row.getInt(6)));
  }

  /** Total model cost, number of answered turns, and what the model's calls used. */
  record Totals(double costUsd, int turns, Usage usage) {
    private Totals with(Usage other) {
      return new Totals(costUsd, turns, other);
    }
  }

  /** Computes a run's totals. */
  Totals totals(Path file) {
    return one(
            file,
            """
            SELECT coalesce(fsum(cost_usd), 0), count(*) FROM read_parquet(?)
            WHERE kind = 'llm_response'
            """,
            row -> new Totals(row.getDouble(1), row.getInt(2), Usage.NONE))
        .orElseThrow()
        .with(usage(file));
  }

  /**
   * What the model's calls used; an archive from before that was recorded has no columns for it.
   */
  private Usage usage(Path file) {
    boolean recorded =
        one(
                file,
                "SELECT count(*) FROM parquet_schema(?) WHERE name = 'tokens_in'",
                row -> row.getLong(1) > 0)
            .orElseThrow();
    return recorded
        ? one(
                file,
                """
                SELECT coalesce(sum(tokens_in), 0)::BIGINT, coalesce(sum(tokens_out), 0)::BIGINT,
                  coalesce(sum(tokens_cached), 0)::BIGINT, coalesce(sum(model_ms), 0)::BIGINT
                FROM read_parquet(?) WHERE kind = 'llm_response'
                """,
                row -> new Usage(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
            .orElseThrow()
        : Usage.NONE;
  }

  /** The parts of the last state that determine the score. */
  record FinalState(String age, int population, double economy) {}

  /** Reads the state of the last {@code turn_start}. */
  Optional<FinalState> finalState(Path file) {
    return one(
        file,
        """
        SELECT age, population, food + wood FROM read_parquet(?)
        WHERE kind = 'turn_start' AND age IS NOT NULL ORDER BY seq DESC LIMIT 1
        """,
        row -> new FinalState(row.getString(1), row.getInt(2), row.getDouble(3)));
  }

  private interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  private <T> Optional<T> one(Path file, String sql, RowMapper<T> row, Long... arguments) {
    List<T> rows = query(file, sql, row, arguments);
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  private <T> List<T> query(Path file, String sql, RowMapper<T> row, Long... arguments) {
    return duckDb.execute(
        "read " + file.getFileName(),
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, file.toString());
            for (int i = 0; i < arguments.length; i++) {
              statement.setLong(i + 2, arguments[i]);
            }
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
              while (result.next()) {
                rows.add(row.map(result));
              }
            }
            return rows;
          }
        });
  }
}
