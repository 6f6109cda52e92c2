package arena.local;

import java.io.File;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Watches the free space of the disk that holds a stack's state, so that the stack refuses writes
 * before its stores fail at them, and its operator is notified.
 */
final class DiskSpace implements AutoCloseable {
  /** Below this the disk counts as full: what running turns still need stays free. */
  private static final long RESERVED_BYTES = 16L * 1024 * 1024;

  private static final long POLL_MILLIS = 500;

  private final Path folder;
  private final File disk;
  private final Consumer<String> operator;
  private final Thread polls =
      Thread.ofPlatform().daemon().name("disk-space").unstarted(this::watch);
  private volatile boolean full;

  private DiskSpace(Path folder, Consumer<String> operator) {
    this.folder = folder;
    this.disk = folder.toFile();
    this.operator = operator;
  }

  /** Starts watching the disk of this folder; the operator gets a line when it is full or not. */
  static DiskSpace watch(Path folder, Consumer<String> operator) {
    DiskSpace space = new DiskSpace(folder, operator);
    space.polls.start();
    return space;
  }

  private void watch() {
    try {
      while (true) {
        poll();
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private void poll() {
    // Not by FileStore, which fails where the mount point is not listed, as in a chroot.
    if (disk.getTotalSpace() == 0) {
      return; // not known: as before
    }
    long free = disk.getUsableSpace();
    boolean now = free < RESERVED_BYTES;
    if (now == full) {
      return;
    }
    full = now;
    operator.accept(
        now
            ? String.format(
                Locale.ROOT,
                "no space left: the disk of %s has %d MB free; requests that write get 503 until"
                    + " there are %d MB",
                folder,
                free / 1024 / 1024,
                RESERVED_BYTES / 1024 / 1024)
            : "the disk of " + folder + " has space again");
  }

  /** Whether the disk is full. */
  boolean full() {
    return full;
  }

  @Override
  public void close() {
    polls.interrupt();
  }
}
