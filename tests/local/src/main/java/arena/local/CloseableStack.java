package arena.local;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closeables that are closed in the reverse order of their addition. Thread-safe. */
final class CloseableStack implements AutoCloseable {
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  /** Adds a closeable. */
  synchronized <T extends AutoCloseable> T add(T part) {
    started.push(part);
    return part;
  }

  /**
   * Closes all. An exception does not prevent the others from being closed; it is thrown at the
   * end.
   */
  @Override
  public void close() {
    RuntimeException failed = null;
    for (AutoCloseable part = next(); part != null; part = next()) {
      try {
        part.close();
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        if (failed == null) {
          failed = new IllegalStateException("failed to stop a part of the local stack", e);
        } else {
          failed.addSuppressed(e);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  private synchronized AutoCloseable next() {
    return started.poll();
  }
}
