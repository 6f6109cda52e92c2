package arena.local.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The views over a folder with the objects of an archive's bucket: {@code runs/day=…/*.parquet},
 * one file for each run, and {@code comparisons/*.jsonl}, one file for each experiment or race with
 * a line for each cell. {@code layers/arena/ANALYSIS.md} describes them.
 */
public final class ArchiveViews {
  private static final String EVENT_COLUMNS =
      """
      run_id VARCHAR, seq BIGINT, agent_id VARCHAR, t INTEGER, kind VARCHAR, payload_json VARCHAR,
      ts TIMESTAMP, schema_version INTEGER, turn_num INTEGER, food DOUBLE, wood DOUBLE,
      gold DOUBLE, stone DOUBLE, population INTEGER, pop_cap INTEGER, age VARCHAR, cost_usd DOUBLE,
      action_type VARCHAR, state_changed BOOLEAN, metric_name VARCHAR, metric_value DOUBLE,
      tokens_in BIGINT, tokens_out BIGINT, tokens_cached BIGINT, model_ms BIGINT, day DATE
      """;

  private static final String CELL_COLUMNS =
      """
      id VARCHAR, kind VARCHAR, label VARCHAR, created_at TIMESTAMP, cell INTEGER, run_id VARCHAR,
      status VARCHAR, arm VARCHAR, control BOOLEAN, profile VARCHAR, model VARCHAR,
      scenario VARCHAR, replica INTEGER, round INTEGER, final_age VARCHAR, feudal_t INTEGER,
      population INTEGER, economy DOUBLE, cost_usd DOUBLE, failure VARCHAR
      """;

  /** The state of a turn is that at its start, before its actions. */
  private static final String TURNS =
      """
      CREATE VIEW turns AS
      SELECT run_id, t,
        max(food) AS food, max(wood) AS wood, max(gold) AS gold, max(stone) AS stone,
        max(population) AS population, max(pop_cap) AS pop_cap, max(age) AS age,
        count(*) FILTER (kind = 'action') AS actions,
        count(*) FILTER (kind = 'action_result' AND state_changed) AS effective_actions,
        fsum(cost_usd) AS cost_usd, sum(tokens_in)::BIGINT AS tokens_in, sum(tokens_out)::BIGINT AS tokens_out,
        sum(tokens_cached)::BIGINT AS tokens_cached, sum(model_ms)::BIGINT AS model_ms,
        min(ts) AS first_ts, max(ts) AS last_ts
      FROM events
      GROUP BY run_id, t
      """;

  private static final String RUNS =
      """
      CREATE VIEW runs AS
      SELECT run_id, any_value(agent_id) AS profile_name, any_value(day) AS day,
        any_value(payload_json ->> '$.parent_run_id') FILTER (kind = 'fork') AS parent_run_id,
        CAST(any_value(payload_json ->> '$.parent_t') FILTER (kind = 'fork') AS INTEGER) AS parent_t,
        any_value(payload_json ->> '$.mutation_summary') FILTER (kind = 'fork') AS mutation,
        count(*) AS n_events, min(ts) AS first_ts, max(ts) AS last_ts, min(t) AS t0,
        count(*) FILTER (kind = 'llm_response') AS n_turns,
        arg_max(age, seq) FILTER (age IS NOT NULL) AS final_age,
        arg_max(population, seq) FILTER (age IS NOT NULL) AS final_population,
        arg_max(food + wood, seq) FILTER (age IS NOT NULL) AS final_economy,
        min(t) FILTER (age <> 'Dark Age') AS feudal_t,
        coalesce(fsum(cost_usd), 0) AS total_cost_usd,
        coalesce(sum(tokens_in), 0)::BIGINT AS tokens_in, coalesce(sum(tokens_out), 0)::BIGINT AS tokens_out,
        coalesce(sum(tokens_cached), 0)::BIGINT AS tokens_cached, coalesce(sum(model_ms), 0)::BIGINT AS model_ms
      FROM events
      GROUP BY run_id
      """;

  private static final String EXPERIMENTS =
      """
      CREATE VIEW experiments AS
      SELECT id AS experiment_id, label, created_at, cell, arm, control, replica, profile,
        model, run_id, status, final_age, feudal_t, population, economy, cost_usd, failure
      FROM cells WHERE kind = 'experiment'
      """;

  private static final String RACES =
      """
      CREATE VIEW races AS
      SELECT id AS race_id, label, created_at, cell, profile, model, scenario, round, run_id,
        status, final_age, feudal_t, population, economy, cost_usd, failure
      FROM cells WHERE kind = 'race'
      """;

  private ArchiveViews() {}

  /** Creates the views {@code events, turns, runs, experiments, races}. */
  public static void create(Connection connection, Path folder) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      Path runs = folder.resolve("runs");
      // The table gives the columns that archives do not have that were written before there were
      // any; a pattern without a file would fail.
      statement.execute("CREATE TABLE no_events (%s)".formatted(EVENT_COLUMNS));
      statement.execute(
          hasFiles(runs, ".parquet")
              ? """
              CREATE VIEW events AS
              SELECT * FROM read_parquet(%s, hive_types = {day: DATE}, union_by_name = true)
              UNION ALL BY NAME SELECT * FROM no_events
              """
                  .formatted(quoted(runs.resolve("*").resolve("*.parquet")))
              : "CREATE VIEW events AS SELECT * FROM no_events");
      Path comparisons = folder.resolve("comparisons");
      statement.execute(
          hasFiles(comparisons, ".jsonl")
              ? "CREATE VIEW cells AS SELECT * FROM read_json(%s, columns = %s)"
                  .formatted(quoted(comparisons.resolve("*.jsonl")), struct(CELL_COLUMNS))
              : "CREATE TABLE cells (%s)".formatted(CELL_COLUMNS));
      for (String view : new String[] {TURNS, RUNS, EXPERIMENTS, RACES}) {
        statement.execute(view);
      }
    }
  }

  /** Columns as DuckDB's JSON reader takes them. */
  private static String struct(String columns) {
    return columns
        .strip()
        .replaceAll("(\\w+) (\\w+)", "$1: '$2'")
        .transform(fields -> String.format(Locale.ROOT, "{%s}", fields));
  }

  private static boolean hasFiles(Path folder, String suffix) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files.anyMatch(file -> file.toString().endsWith(suffix));
    }
  }

  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }
}
