package arena.local.gateway;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Creates ids in API Gateway's formats. */
final class Ids {
  private static final Pattern FORMAT = Pattern.compile("[A-Za-z0-9_-]{15}=");
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /** Returns the id of a request, message or connection: 15 characters of Base64 and {@code =}. */
  static String request() {
    return Base64.getUrlEncoder().encodeToString(bytes(11));
  }

  /** Whether an id has the format of {@link #request}. */
  static boolean isValid(String id) {
    return FORMAT.matcher(id).matches();
  }

  /** Returns the value of a trace header. */
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
