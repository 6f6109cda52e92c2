package arena.benchmark;

import arena.event.Event;
import arena.local.sql.ArchiveViews;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Measures the summaries of 10,000 archived runs by SQL, as {@code ./arena sql} computes them,
 * compared with reading the columns of the same files that they are computed from.
 */
final class SqlSummaries implements Measurement {
  private static final int RUNS = 10_000;
  private static final int EVENTS = 120;
  private static final double LIMIT = 1.5;
  private static final Rounds ROUNDS = new Rounds(1, 3, Duration.ofSeconds(60));

  private static final String SUMMARIES = "SELECT count(n_turns), sum(final_economy) FROM runs";

  private static final String READING =
      "SELECT count(run_id), max(seq), max(agent_id), max(t), max(kind), max(length(payload_json)),"
          + " max(ts), sum(food), sum(wood), sum(population), max(age), sum(cost_usd),"
          + " sum(tokens_in), sum(tokens_out), sum(tokens_cached), sum(model_ms) FROM events";

  @Override
  public String title() {
    return String.format(Locale.ROOT, "summaries of %,d runs by SQL", RUNS);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    try {
      // in the temporary folder, which is deleted at the end
      Path folder = Files.createTempDirectory("arena-summaries");
      write(stack, folder);
      return rows(stack, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Row> rows(MeasuredStack stack, Path folder) throws SQLException, IOException {
    List<Double> summaries = new ArrayList<>();
    List<Double> reading = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      ArchiveViews.create(connection, folder);
      ROUNDS.each(
          round -> {
            double summary = millis(connection, SUMMARIES, RUNS);
            double read = millis(connection, READING, (long) RUNS * EVENTS);
            stack.progress(
                String.format(Locale.ROOT, "round %d: %,.0f ms, %,.0f ms", round, summary, read));
            if (round > 0) {
              summaries.add(summary);
              reading.add(read);
            }
          });
    }
    double time = Sample.median(summaries);
    double reference = Sample.median(reading);
    String what = String.format(Locale.ROOT, "summaries of %,d runs by SQL", RUNS);
    return List.of(
        Row.atMost(what, time / reference, "times reading their columns", LIMIT),
        Row.amount(
            what,
            time,
            "ms",
            String.format(
                Locale.ROOT, "%s ms to read, %d events a run", Row.amount(reference), EVENTS)));
  }

  private static double millis(Connection connection, String query, long expected) {
    long start = System.nanoTime();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      if (result.getLong(1) != expected) {
        throw new IllegalStateException(result.getLong(1) + " instead of " + expected);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return (System.nanoTime() - start) / 1e6;
  }

  /** Writes one archive as the product does, and then a copy of it for each run. */
  private static void write(MeasuredStack stack, Path folder) throws SQLException, IOException {
    RunId runId = RunId.of(UUID.randomUUID());
    List<Event> events = PlayedGames.events(runId, EVENTS);
    Event last = events.getLast();
    Run run =
        Run.requested(
                runId, "benchmark", Profile.DEFAULT, null, "balanced", last.t() + 1, Instant.now())
            .withProgress(
                new Run.Progress(events.size(), last.t(), events.getFirst().ts(), last.ts()));
    String address = stack.archive().write(run, events);
    String key = address.substring(("s3://" + stack.bucket() + "/").length());
    Path one = folder.resolve("one.parquet");
    Files.write(
        one,
        stack
            .s3()
            .getObjectAsBytes(request -> request.bucket(stack.bucket()).key(key))
            .asByteArray());
    Path written = folder.resolve("written");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          String.format(
              Locale.ROOT,
              "COPY (SELECT one.* REPLACE (md5(i::VARCHAR) AS run_id)"
                  + " FROM range(%d) runs(i), read_parquet('%s', hive_partitioning = false) one"
                  + " ORDER BY i, seq)"
                  + " TO '%s' (FORMAT parquet, PARTITION_BY (run_id), WRITE_PARTITION_COLUMNS)",
              RUNS,
              one,
              written));
    }
    Path day = Files.createDirectories(folder.resolve("runs").resolve("day=2026-01-31"));
    try (Stream<Path> files = Files.walk(written)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
        String of = file.getParent().getFileName().toString().substring("run_id=".length());
        Files.move(file, day.resolve(of + ".parquet"));
      }
    }
  }
}
