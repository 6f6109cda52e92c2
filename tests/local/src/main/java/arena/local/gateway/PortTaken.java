package arena.local.gateway;

/** The port is in use. */
public final class PortTaken extends RuntimeException {
  /** Creates the exception for a port. */
  public PortTaken(int port, Throwable cause) {
    super("port " + port + " is in use", cause);
  }
}
