package arena.archive;

import arena.codec.MalformedJson;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.run.RunId;
import arena.world.World;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Reads and writes a run's events as a Parquet file, one row per event, in order. Payload fields
 * that are queried across runs have their own columns, which are null for other kinds.
 */
final class ParquetFiles {
  private static final String COLUMNS =
      """
      run_id VARCHAR, seq BIGINT, agent_id VARCHAR, t INTEGER, kind VARCHAR, payload_json VARCHAR,
      ts TIMESTAMP, schema_version INTEGER,
      turn_num INTEGER, food DOUBLE, wood DOUBLE, gold DOUBLE, stone DOUBLE, population INTEGER,
      pop_cap INTEGER, age VARCHAR, cost_usd DOUBLE, action_type VARCHAR, state_changed BOOLEAN,
      metric_name VARCHAR, metric_value DOUBLE
      """;

  /** Small, so that reading a page of events reads a small part of a long run. */
  private static final int ROWS_PER_GROUP = 2048;

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

  /**
   * Writes events to a file.
   *
   * @return the number of events
   * @throws IllegalArgumentException if an event is of another run, or seq does not count from 1
   *     without gaps
   */
  long write(RunId runId, Iterable<Event> events, Path file) {
    return duckDb.execute(
        "write " + file.getFileName(),
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE events (" + COLUMNS + ")");
            long count = append(connection, runId, events);
            statement.execute(
                String.format(
                    Locale.ROOT,
                    "COPY events TO %s (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE %d)",
                    DuckDb.quoted(file),
                    ROWS_PER_GROUP));
            statement.execute("DROP TABLE events");
            return count;
          }
        });
  }

  private static long append(DuckDBConnection connection, RunId runId, Iterable<Event> events)
      throws SQLException {
    long count = 0;
    try (DuckDBAppender rows = connection.createAppender("temp", "main", "events")) {
      for (Event event : events) {
        count++;
        if (!event.runId().equals(runId) || event.seq() != count) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "expected event %d of run %s, got %d of run %s",
                  count,
                  runId,
                  event.seq(),
                  event.runId()));
        }
        rows.beginRow();
        rows.append(event.runId().value());
        rows.append(event.seq());
        rows.append(event.agentId());
        rows.append(event.t());
        rows.append(event.kind());
        rows.append(event.payloadJson());
        rows.appendEpochMicros(ChronoUnit.MICROS.between(Instant.EPOCH, event.ts()));
        rows.append(event.schemaVersion());
        appendPromoted(rows, payload(event));
        rows.endRow();
      }
    }
    return count;
  }

  /** Empty for payloads of unknown kinds, which are archived without promoted columns. */
  private static Optional<Payload> payload(Event event) {
    try {
      return Optional.of(PayloadCodec.read(event.payloadJson()));
    } catch (MalformedJson e) {
      return Optional.empty();
    }
  }

  private static void appendPromoted(DuckDBAppender rows, Optional<Payload> payload)
      throws SQLException {
    Integer turnNum = null;
    World state = null;
    Double costUsd = null;
    String actionType = null;
    Boolean stateChanged = null;
    Payload.Metric metric = null;
    switch (payload.orElse(null)) {
      case Payload.TurnStart(int turn, World world) -> {
        turnNum = turn;
        state = world;
      }
      case Payload.LlmResponse response -> costUsd = response.costUsd();
      case Payload.ActionResult result -> {
        actionType = result.actionType();
        stateChanged = result.stateChanged();
      }
      case Payload.Metric found -> metric = found;
      case null, default -> {
        // no promoted columns
      }
    }
    rows.append(turnNum);
    rows.append(state == null ? null : (Double) state.food());
    rows.append(state == null ? null : (Double) state.wood());
    rows.append(state == null ? null : (Double) state.gold());
    rows.append(state == null ? null : (Double) state.stone());
    rows.append(state == null ? null : (Integer) state.population());
    rows.append(state == null ? null : (Integer) state.popCap());
    rows.append(state == null ? null : state.age().label());
    rows.append(costUsd);
    rows.append(actionType);
    rows.append(stateChanged);
    rows.append(metric == null ? null : metric.name());
    rows.append(metric == null ? null : (Double) metric.value());
  }

  /** Reads a file's extent. */
  Extent extent(Path file) {
    return one(
            file,
            "SELECT count(*), coalesce(min(seq), 0), coalesce(max(seq), 0) FROM read_parquet(?)",
            row -> new Extent(row.getLong(1), row.getLong(2), row.getLong(3)))
        .orElseThrow();
  }

  /** Reads the events with {@code fromSeq} ≤ seq < {@code toSeq}, in order. */
  List<Event> events(Path file, long fromSeq, long toSeq) {
    return query(
        file,
        EVENT + "WHERE seq >= ? AND seq < ? ORDER BY seq",
        ParquetFiles::event,
        fromSeq,
        toSeq);
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

  /** Total model cost and number of answered turns. */
  record Totals(double costUsd, int turns) {}

  /** Computes a run's totals. */
  Totals totals(Path file) {
    return one(
            file,
            """
            SELECT coalesce(fsum(cost_usd), 0), count(*) FROM read_parquet(?)
            WHERE kind = 'llm_response'
            """,
            row -> new Totals(row.getDouble(1), row.getInt(2)))
        .orElseThrow();
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
