package arena.archive;

/**
 * How much memory and disk the archive's engine uses. A function with the engine needs a {@code
 * MemorySize} and an {@code EphemeralStorage} that hold it; {@code FunctionSizesTest} compares them
 * with the template.
 *
 * <p>The largest run that {@link arena.run.Limits} allows has about 200 MB of payloads. Its archive
 * has about 50 MB if its texts are random, and less otherwise.
 */
public final class EngineLimits {
  private static final long MEGABYTE = 1024 * 1024;

  private EngineLimits() {}

  /** Maximum size of an archive, in bytes. */
  public static final long MAX_ARCHIVE_BYTES = 200 * MEGABYTE;

  /** DuckDB's {@code memory_limit}, in bytes; what exceeds it spills to disk. */
  public static final long MEMORY_BYTES = 256 * MEGABYTE;

  /** Maximum size of DuckDB's spill files, in bytes. */
  public static final long SPILL_BYTES = 64 * MEGABYTE;

  /**
   * Maximum size of local copies of archives that are not in use, in bytes. Holds any archive, so
   * that a reader's next page needs no other download.
   */
  public static final long CACHE_BYTES = 224 * MEGABYTE;

  /** Size of the payloads that are collected before they are written, in bytes. */
  static final long PART_BYTES = 16 * MEGABYTE;

  /** Threads of DuckDB. The functions have one vCPU, and each thread needs memory. */
  static final int THREADS = 1;

  /** Maximum disk use of a function that reads one archive at a time, in bytes. */
  public static final long READING_DISK_BYTES = CACHE_BYTES + MAX_ARCHIVE_BYTES + SPILL_BYTES;

  /** Maximum disk use of a function that writes an archive, in bytes: its parts and itself. */
  public static final long WRITING_DISK_BYTES = READING_DISK_BYTES + 2 * MAX_ARCHIVE_BYTES;
}
