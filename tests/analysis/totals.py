
# Prints each run's events and sum of populations as each package reads them, for tests/analysis/run.
for run, n, p in duckdb.sql(
    "select run_id, count(*), sum(population) from events group by run_id order by run_id"
).fetchall():
    print(f"total duckdb {run},{n},{p}")

frame = events.to_table(columns=["run_id", "population"]).to_pandas().groupby("run_id")
for run, rows in sorted(frame, key=lambda group: group[0]):
    print(f"total pandas {run},{len(rows)},{int(rows.population.sum())}")

totals = (
    pl.scan_pyarrow_dataset(events)
    .group_by("run_id")
    .agg(pl.len().alias("n"), pl.col("population").sum().alias("p"))
    .sort("run_id")
    .collect()
)
for run, n, p in totals.rows():
    print(f"total polars {run},{n},{p}")
