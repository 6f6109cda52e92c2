package arena.access;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Random secrets and their hashes. A secret has 256 random bits, so that a plain SHA-256 of it can
 * neither be reversed nor found in a table, and needs no salt.
 */
final class Secrets {
  /** Length of a secret: 256 bits in base64url without padding. */
  static final int LENGTH = 43;

  /** Pattern of a secret. */
  static final String PATTERN = "[A-Za-z0-9_-]{" + LENGTH + "}";

  private static final int BYTES = 32;

  private Secrets() {}

  static String generate(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
