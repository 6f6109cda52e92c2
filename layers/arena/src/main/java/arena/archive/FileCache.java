package arena.archive;

import arena.error.Dependency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;

/**
 * An LRU cache of local copies of remote files, limited in number and bytes. Copies in use are not
 * evicted. Thread-safe.
 */
final class FileCache {
  private final Path folder;
  private final int maxFiles;
  private final long maxBytes;

  /** In access order. */
  private final LinkedHashMap<String, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);

  private long bytes;
  private long nameCounter;

  /**
   * @param maxFiles maximum number of unused copies
   * @param maxBytes maximum size of unused copies
   */
  FileCache(Path folder, int maxFiles, long maxBytes) {
    this.folder = folder;
    this.maxFiles = maxFiles;
    this.maxBytes = maxBytes;
  }

  /** Downloads a file. */
  interface Fetch {
    /** Writes the file and returns its number of rows. */
    long fetch(Path file);
  }

  /** A copy, in use until closed. */
  final class Copy implements AutoCloseable {
    private final Path file;
    private boolean fetched;
    private boolean invalidated;
    private int users;
    private long size;
    private long rows;

    private Copy(Path file) {
      this.file = file;
    }

    Path file() {
      return file;
    }

    long rows() {
      return rows;
    }

    private synchronized void fetch(Fetch fetch) {
      if (!fetched) {
        rows = fetch.fetch(file);
        fetched = true;
      }
    }

    @Override
    public void close() {
      release(this);
    }
  }

  /**
   * Returns the copy of this name, fetching it if absent; concurrent callers wait for the fetch.
   */
  Copy get(String name, Fetch fetch) {
    Copy copy = acquire(name);
    try {
      copy.fetch(fetch);
      recordSize(copy);
      return copy;
    } catch (RuntimeException e) {
      invalidate(name, copy);
      copy.close();
      throw e;
    }
  }

  /** Makes the next {@link #get} fetch the file again. */
  synchronized void invalidate(String name) {
    Copy copy = copies.remove(name);
    if (copy != null) {
      drop(copy);
    }
  }

  private synchronized void invalidate(String name, Copy copy) {
    if (copies.remove(name, copy)) {
      drop(copy);
    }
  }

  private synchronized Copy acquire(String name) {
    Copy copy =
        copies.computeIfAbsent(
            name,
            _ ->
                new Copy(
                    folder.resolve(String.format(Locale.ROOT, "copy-%d.parquet", ++nameCounter))));
    copy.users++;
    return copy;
  }

  private synchronized void recordSize(Copy copy) {
    if (copy.size == 0 && !copy.invalidated) {
      copy.size = sizeOf(copy.file);
      bytes += copy.size;
    }
  }

  private synchronized void release(Copy copy) {
    copy.users--;
    if (copy.invalidated) {
      deleteIfUnused(copy);
    }
    Iterator<Copy> oldestFirst = copies.values().iterator();
    while (oldestFirst.hasNext() && (copies.size() > maxFiles || bytes > maxBytes)) {
      Copy oldest = oldestFirst.next();
      if (oldest.users == 0) {
        oldestFirst.remove();
        drop(oldest);
      }
    }
  }

  private void drop(Copy copy) {
    copy.invalidated = true;
    bytes -= copy.size;
    copy.size = 0;
    deleteIfUnused(copy);
  }

  private static void deleteIfUnused(Copy copy) {
    if (copy.users == 0) {
      try {
        Files.deleteIfExists(copy.file);
      } catch (IOException e) {
        throw Dependency.ARCHIVE.unavailable("cannot delete " + copy.file.getFileName(), e);
      }
    }
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw Dependency.ARCHIVE.unavailable("cannot read " + file.getFileName(), e);
    }
  }
}
