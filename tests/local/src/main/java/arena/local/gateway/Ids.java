package arena.local.gateway;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/** Ids in the form that API Gateway gives them. */
final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /** Of a request, message or connection: 15 letters, digits, - or _, and = at the end. */
  static String request() {
    return Base64.getUrlEncoder().encodeToString(bytes(11));
  }

  /** A trace header. */
  static String trace() {
    return "Root=1-"
        + String.format(Locale.ROOT, "%08x", Instant.now().getEpochSecond())
        + "-"
        + HexFormat.of().formatHex(bytes(12));
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
