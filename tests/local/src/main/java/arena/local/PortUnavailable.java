package arena.local;

/** No port that would do is free. */
public final class PortUnavailable extends RuntimeException {
  PortUnavailable(String message) {
    super(message);
  }
}
