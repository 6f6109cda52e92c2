package arena.comparison;

import arena.run.RunId;
import arena.text.Sha256;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id of an experiment or a race: 32 lower-case hex digits.
 *
 * @param value the digits
 */
public record ComparisonId(String value) {
  private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{32}");

  /** Digits of an id that a seed is made of: 52 bits. */
  private static final int SEED_DIGITS = 13;

  /** Rejects text that does not have the shape of an id. */
  public ComparisonId {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("a comparison's id is 32 hex digits: " + value);
    }
  }

  /** Returns the id with these digits. */
  public static ComparisonId of(String value) {
    return new ComparisonId(value);
  }

  /** Parses text that a caller sent; empty if it does not have the shape of an id. */
  public static Optional<ComparisonId> parse(@Nullable String text) {
    return text != null && SHAPE.matcher(text).matches()
        ? Optional.of(new ComparisonId(text))
        : Optional.empty();
  }

  /**
   * Returns the id of a cell's run. It is derived, so that however often a cell is started, there
   * is one run.
   */
  public RunId runOf(int cell) {
    String digits = Sha256.hex(String.format(Locale.ROOT, "cell:%s:%d", value, cell));
    return RunId.of(digits.substring(0, 32));
  }

  /** The seed of a comparison that was created without one, from 0 to 2^52 - 1. */
  public long seed() {
    return Long.parseLong(value.substring(0, SEED_DIGITS), 16);
  }

  @Override
  public String toString() {
    return value;
  }
}
