package arena.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;

/**
 * Copies of remote files on the disk, bounded in number and bytes; the one unused for longest goes
 * first. A copy in use stays until it is given back.
 */
final class FileCache {
  private final Path folder;
  private final int maxFiles;
  private final long maxBytes;

  /** In the order of their last use. */
  private final LinkedHashMap<String, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);

  private long bytes;
  private long named;

  /**
   * Caches in this folder.
   *
   * @param maxFiles most copies kept when none is in use
   * @param maxBytes most bytes kept when none is in use
   */
  FileCache(Path folder, int maxFiles, long maxBytes) {
    this.folder = folder;
    this.maxFiles = maxFiles;
    this.maxBytes = maxBytes;
  }

  /** Brings a file to the disk. */
  interface Fetch {
    /** Makes the file; how many rows it has. */
    long to(Path file);
  }

  /** A copy that is in use until it is closed. */
  final class Copy implements AutoCloseable {
    private final Path file;
    private boolean fetched;
    private boolean forgotten;
    private int users;
    private long size;
    private long rows;

    private Copy(Path file) {
      this.file = file;
    }

    /** Where it is. */
    Path file() {
      return file;
    }

    /** How many rows it has. */
    long rows() {
      return rows;
    }

    private synchronized void fetch(Fetch fetch) {
      if (!fetched) {
        rows = fetch.to(file);
        fetched = true;
      }
    }

    @Override
    public void close() {
      giveBack(this);
    }
  }

  /** The copy of this name, fetched now if there is none; others who want it meanwhile wait. */
  Copy use(String name, Fetch fetch) {
    Copy copy = taken(name);
    try {
      copy.fetch(fetch);
      count(copy);
      return copy;
    } catch (RuntimeException e) {
      forget(name, copy);
      copy.close();
      throw e;
    }
  }

  /** Fetches anew what is wanted of this name from now on. */
  synchronized void forget(String name) {
    Copy copy = copies.remove(name);
    if (copy != null) {
      drop(copy);
    }
  }

  private synchronized void forget(String name, Copy copy) {
    if (copies.remove(name, copy)) {
      drop(copy);
    }
  }

  private synchronized Copy taken(String name) {
    Copy copy =
        copies.computeIfAbsent(
            name,
            _ -> new Copy(folder.resolve(String.format(Locale.ROOT, "copy-%d.parquet", ++named))));
    copy.users++;
    return copy;
  }

  private synchronized void count(Copy copy) {
    if (copy.size == 0 && !copy.forgotten) {
      copy.size = sizeOf(copy.file);
      bytes += copy.size;
    }
  }

  private synchronized void giveBack(Copy copy) {
    copy.users--;
    if (copy.forgotten) {
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
    copy.forgotten = true;
    bytes -= copy.size;
    copy.size = 0;
    deleteIfUnused(copy);
  }

  private static void deleteIfUnused(Copy copy) {
    if (copy.users == 0) {
      try {
        Files.deleteIfExists(copy.file);
      } catch (IOException e) {
        throw new ArchiveUnavailable("cannot delete " + copy.file.getFileName(), e);
      }
    }
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new ArchiveUnavailable("cannot read " + file.getFileName(), e);
    }
  }
}
