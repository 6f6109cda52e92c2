package arena.local;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was started, to be stopped in the opposite order. */
final class CloseableStack implements AutoCloseable {
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  /** Takes a part on. */
  synchronized <T extends AutoCloseable> T add(T part) {
    started.push(part);
    return part;
  }

  /** Stops all; what fails to stop does not keep the others from it, and is thrown at the end. */
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
          failed = new IllegalStateException("a part of the local stack did not stop", e);
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
