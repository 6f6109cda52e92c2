package arena.local;

/** The port is in use, or none of the alternatives is free. */
public final class PortUnavailable extends RuntimeException {
  PortUnavailable(String message) {
    super(message);
  }
}
