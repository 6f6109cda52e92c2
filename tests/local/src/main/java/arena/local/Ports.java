package arena.local;

import arena.local.gateway.PortTaken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Finds ports on loopback. */
final class Ports {
  /** Number of ports that are tried, from the default port on. */
  static final int TRIES = 20;

  private Ports() {}

  /**
   * Starts a server on a port.
   *
   * @param port the port; 0 for any
   * @param required whether no other port may be used; otherwise the next free one is used
   * @param setting the setting that chooses the port, for the message
   * @param progress gets a line when another port than the wanted one is used
   * @throws PortUnavailable if no port was free
   */
  static <T> T onFree(
      int port, boolean required, String setting, Consumer<String> progress, IntFunction<T> start) {
    for (int tried = 0; tried < (required || port == 0 ? 1 : TRIES); tried++) {
      try {
        T started = start.apply(port + tried);
        if (tried > 0) {
          progress.accept(
              String.format(
                  Locale.ROOT,
                  "port %d is taken by another program; using %d (%s chooses another)",
                  port,
                  port + tried,
                  setting));
        }
        return started;
      } catch (PortTaken e) {
        // tries the next port
      }
    }
    throw new PortUnavailable(
        required
            ? String.format(
                Locale.ROOT,
                "port %d is in use by another program; choose another with %s, or stop that program",
                port,
                setting)
            : String.format(
                Locale.ROOT,
                "ports %d to %d are all in use; choose one with %s",
                port,
                port + TRIES - 1,
                setting));
  }

  /** Returns the port if it is free; a free one for 0. */
  static int free(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new PortTaken(port, e);
    }
  }
}
