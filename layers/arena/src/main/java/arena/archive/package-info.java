/** The archive: finalized runs as one Parquet file each on S3, written and read by DuckDB. */
@NullMarked
package arena.archive;

import org.jspecify.annotations.NullMarked;
