package arena.local;

/** Code that the template names is not there. */
public final class NotBuilt extends RuntimeException {
  NotBuilt(String message) {
    super(message);
  }
}
