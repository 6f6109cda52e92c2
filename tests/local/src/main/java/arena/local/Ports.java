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
  /** How many ports are tried, from the default on. */
  static final int TRIES = 20;

  private Ports() {}

  /**
   * Starts something on a port.
   *
   * @param port the port; 0 for any
   * @param insisted whether another port would be wrong; else the next free one will do
   * @param setting the setting that chooses the port, for the message
   * @param progress gets a line when another port than the wanted one is used
   * @throws PortUnavailable if no port was free
   */
  static <T> T onFree(
      int port, boolean insisted, String setting, Consumer<String> progress, IntFunction<T> start) {
    for (int tried = 0; tried < (insisted || port == 0 ? 1 : TRIES); tried++) {
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
        // the next one, if there is one
      }
    }
    throw new PortUnavailable(
        insisted
            ? String.format(
                Locale.ROOT,
                "port %d is taken by another program; choose another with %s, or stop that one",
                port,
                setting)
            : String.format(
                Locale.ROOT,
                "ports %d to %d are all taken; choose one with %s",
                port,
                port + TRIES - 1,
                setting));
  }

  /** This port if it is free, or any free one for 0. */
  static int free(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new PortTaken(port, e);
    }
  }
}
