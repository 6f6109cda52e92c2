package arena.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A script that Redis runs in one step.
 *
 * @param source its text
 * @param digest what Redis knows it by
 */
record RedisScript(String source, String digest) {
  private static final String COMMON = text("common");

  /** Reads the script of this name that stands beside this class. */
  static RedisScript named(String name) {
    String source = COMMON + "\n" + text(name);
    return new RedisScript(source, sha1(source));
  }

  private static String text(String name) {
    String file = name + ".lua";
    try (InputStream in = RedisScript.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the layer does not contain " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
