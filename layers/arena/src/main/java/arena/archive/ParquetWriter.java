package arena.archive;

import arena.codec.MalformedJson;
import arena.codec.PayloadCodec;
import arena.codec.Utf8;
import arena.error.Dependency;
import arena.event.Event;
import arena.event.Payload;
import arena.run.RunId;
import arena.run.Usage;
import arena.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Writes a run's events as a Parquet file, one row per event, in order. Payload fields that are
 * queried across runs have their own columns, which are null for other kinds.
 *
 * <p>DuckDB writes a file from a table, which must fit in memory. The events of a large run are
 * therefore written as several files, the parts, which DuckDB then merges as a stream. A run that
 * fits in one part is written directly.
 */
final class ParquetWriter {
  private static final String COLUMNS =
      """
      run_id VARCHAR, seq BIGINT, agent_id VARCHAR, t INTEGER, kind VARCHAR, payload_json VARCHAR,
      ts TIMESTAMP, schema_version INTEGER,
      turn_num INTEGER, food DOUBLE, wood DOUBLE, gold DOUBLE, stone DOUBLE, population INTEGER,
      pop_cap INTEGER, age VARCHAR, cost_usd DOUBLE, action_type VARCHAR, state_changed BOOLEAN,
      metric_name VARCHAR, metric_value DOUBLE,
      tokens_in BIGINT, tokens_out BIGINT, tokens_cached BIGINT, model_ms BIGINT
      """;

  /** Small, so that reading a page of events reads a small part of a long run. */
  private static final int ROWS_PER_GROUP = 2048;

  private final RunId runId;
  private final Path file;
  private final List<Path> parts = new ArrayList<>();
  private long count;
  private long rowsPerGroup = ROWS_PER_GROUP;

  private ParquetWriter(RunId runId, Path file) {
    this.runId = runId;
    this.file = file;
  }

  /**
   * Writes events to a file.
   *
   * @return the number of events
   * @throws IllegalArgumentException if an event is of another run, or seq does not count from 1
   *     without gaps
   */
  static long write(DuckDb duckDb, RunId runId, Iterable<Event> events, Path file) {
    ParquetWriter writer = new ParquetWriter(runId, file);
    try {
      return duckDb.execute(
          "write " + file.getFileName(), connection -> writer.write(connection, events.iterator()));
    } finally {
      writer.deleteParts();
    }
  }

  private long write(DuckDBConnection connection, Iterator<Event> events) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMP TABLE events (" + COLUMNS + ")");
      append(connection, events);
      while (events.hasNext()) {
        addPart(statement);
        append(connection, events);
      }
      if (parts.isEmpty()) {
        copy(statement, "events", file);
      } else {
        addPart(statement);
        copy(statement, "(SELECT * FROM read_parquet([%s]))".formatted(quotedParts()), file);
      }
      statement.execute("DROP TABLE events");
      return count;
    }
  }

  /** Appends events to the table until it has the size of a part. */
  private void append(DuckDBConnection connection, Iterator<Event> events) throws SQLException {
    long before = count;
    long bytes = 0;
    try (DuckDBAppender rows = connection.createAppender("temp", "main", "events")) {
      while (bytes < EngineLimits.PART_BYTES && events.hasNext()) {
        Event event = events.next();
        requireNext(event);
        append(rows, event);
        bytes += Utf8.length(event.payloadJson());
      }
    }
    if (events.hasNext()) {
      // A row group of the merged file is then about as large as a part at most.
      rowsPerGroup = Math.min(rowsPerGroup, count - before);
    }
  }

  private void requireNext(Event event) {
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
  }

  /** Moves the table's rows to a new part. */
  private void addPart(Statement statement) throws SQLException {
    Path part =
        file.resolveSibling(
            String.format(Locale.ROOT, "%s.part-%d", file.getFileName(), parts.size()));
    parts.add(part);
    copy(statement, "events", part);
    statement.execute("TRUNCATE events");
  }

  private void copy(Statement statement, String source, Path target) throws SQLException {
    statement.execute(
        String.format(
            Locale.ROOT,
            "COPY %s TO %s (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE %d)",
            source,
            DuckDb.quoted(target),
            rowsPerGroup));
  }

  private String quotedParts() {
    return parts.stream().map(DuckDb::quoted).collect(Collectors.joining(", "));
  }

  private void deleteParts() {
    for (Path part : parts) {
      try {
        Files.deleteIfExists(part);
      } catch (IOException e) {
        throw Dependency.ARCHIVE.unavailable("cannot delete " + part.getFileName(), e);
      }
    }
  }

  private static void append(DuckDBAppender rows, Event event) throws SQLException {
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
    Usage usage = null;
    String actionType = null;
    Boolean stateChanged = null;
    Payload.Metric metric = null;
    switch (payload.orElse(null)) {
      case Payload.TurnStart(int turn, World world) -> {
        turnNum = turn;
        state = world;
      }
      case Payload.LlmResponse response -> {
        costUsd = response.costUsd();
        usage = response.usage().orElse(null);
      }
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
    rows.append(usage == null ? null : (Long) usage.tokensIn());
    rows.append(usage == null ? null : (Long) usage.tokensOut());
    rows.append(usage == null ? null : (Long) usage.tokensCached());
    rows.append(usage == null ? null : (Long) usage.modelMs());
  }
}
