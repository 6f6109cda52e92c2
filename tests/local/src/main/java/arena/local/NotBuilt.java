package arena.local;

/** Code of a function is not built. */
public final class NotBuilt extends RuntimeException {
  NotBuilt(String message) {
    super(message);
  }
}
