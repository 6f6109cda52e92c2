package arena.access;

import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of a token, {@code arena_<id>_<secret>}, which only its holder has.
 *
 * @param id 8 characters, a to z and 2 to 7: not secret, in logs and lists
 * @param secret 256 bits in base64url
 */
record TokenText(String id, String secret) {
  private static final int ID_LENGTH = 8;
  private static final String ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz234567";
  private static final String PREFIX = "arena_";
  private static final String SCHEME = "bearer ";
  private static final int LENGTH = PREFIX.length() + ID_LENGTH + 1 + Secrets.LENGTH;
  private static final Pattern SHAPE =
      Pattern.compile(PREFIX + "([a-z2-7]{" + ID_LENGTH + "})_(" + Secrets.PATTERN + ")");

  static TokenText generate(SecureRandom random) {
    StringBuilder id = new StringBuilder(ID_LENGTH);
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ID_CHARACTERS.charAt(random.nextInt(ID_CHARACTERS.length())));
    }
    return new TokenText(id.toString(), Secrets.generate(random));
  }

  /** Parses text that a caller sent. */
  static Optional<TokenText> parse(String text) {
    if (text.length() != LENGTH) {
      return Optional.empty();
    }
    Matcher token = SHAPE.matcher(text);
    return token.matches()
        ? Optional.of(new TokenText(token.group(1), token.group(2)))
        : Optional.empty();
  }

  /** Parses the value of a header {@code Authorization: Bearer <token>}. */
  static Optional<TokenText> ofHeader(@Nullable String value) {
    // API Gateway joins repeated headers with commas, which are in no token.
    if (value == null || value.length() != SCHEME.length() + LENGTH) {
      return Optional.empty();
    }
    String scheme = value.substring(0, SCHEME.length()).toLowerCase(Locale.ROOT);
    return scheme.equals(SCHEME) ? parse(value.substring(SCHEME.length())) : Optional.empty();
  }

  /** The text to give to the token's holder. */
  String text() {
    return PREFIX + id + "_" + secret;
  }

  /** Omits the secret. */
  @Override
  public String toString() {
    return "TokenText[" + id + "]";
  }
}
