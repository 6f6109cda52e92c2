package arena.local.gateway;

/** Something else listens on the port. */
public final class PortTaken extends RuntimeException {
  /** Says which port, and how it showed. */
  public PortTaken(int port, Throwable cause) {
    super("port " + port + " is taken", cause);
  }
}
