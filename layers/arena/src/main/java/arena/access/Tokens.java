package arena.access;

import arena.text.Sha256;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/** Creates tokens. */
public final class Tokens {
  /** Longest life of a token. */
  public static final Duration MAX_LIFE = Duration.ofDays(3650);

  /** Pattern of a label: what is safe to print anywhere. */
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9 ._@+-]{1,64}");

  private static final int MAX_ATTEMPTS = 4;

  private final AccessStore store;
  private final InstantSource clock;
  private final SecureRandom random;

  public Tokens(AccessStore store, InstantSource clock, SecureRandom random) {
    this.store = store;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A new token.
   *
   * @param text the token; only its hash is stored, so that it cannot be shown again
   */
  public record Created(AccessToken token, String text) {
    /** Omits the secret. */
    @Override
    public String toString() {
      return "Created[" + token + "]";
    }
  }

  /**
   * Creates a token.
   *
   * @param label 1 to 64 letters, digits, spaces and {@code . _ @ + -}
   * @throws IllegalArgumentException if the label or the life is invalid
   */
  public Created create(Role role, String label, Duration life) {
    if (!LABEL.matcher(label).matches()) {
      throw new IllegalArgumentException(
          "the label must be 1 to 64 letters, digits, spaces and . _ @ + -");
    }
    if (!life.isPositive() || life.compareTo(MAX_LIFE) > 0) {
      throw new IllegalArgumentException("the life must be at most " + MAX_LIFE.toDays() + " days");
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      TokenText text = TokenText.generate(random);
      AccessToken token =
          new AccessToken(
              text.id(),
              Sha256.hex(text.secret()),
              role,
              label,
              now,
              now.plus(life),
              Optional.empty());
      if (store.create(token)) {
        return new Created(token, text.text());
      }
    }
    throw new IllegalStateException("all generated token ids are taken");
  }
}
