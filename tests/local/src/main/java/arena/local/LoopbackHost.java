package arena.local;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Finds the host name under which clients on this machine reach 127.0.0.1. */
final class LoopbackHost {
  private static final String ADDRESS = "127.0.0.1";

  private LoopbackHost() {}

  /** Returns {@code localhost}, or the address where that name does not resolve to it. */
  static String name() {
    try {
      boolean resolves =
          Arrays.stream(InetAddress.getAllByName("localhost"))
              .anyMatch(address -> address.getHostAddress().equals(ADDRESS));
      return resolves ? "localhost" : ADDRESS;
    } catch (UnknownHostException e) {
      return ADDRESS;
    }
  }
}
