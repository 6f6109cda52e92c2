/** The archive: finalized runs, a Parquet file each on S3, written and read by DuckDB. */
package arena.archive;
