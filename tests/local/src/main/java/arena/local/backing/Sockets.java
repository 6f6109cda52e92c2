package arena.local.backing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Probes servers on the loopback address. */
final class Sockets {
  private static final int TIMEOUT_MILLIS = 1_000;

  private Sockets() {}

  /** Returns whether a server accepts connections; one that is only slow does. */
  static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
