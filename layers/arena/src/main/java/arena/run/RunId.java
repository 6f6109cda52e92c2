package arena.run;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A run's id: 32 lower-case hex digits, a UUID without dashes.
 *
 * @param value the digits
 */
public record RunId(String value) implements Comparable<RunId> {
  private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{32}");

  /** Rejects text that does not have the shape of an id. */
  public RunId {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("a run's id is 32 hex digits: " + value);
    }
  }

  /**
   * Returns the id with these digits.
   *
   * @throws IllegalArgumentException if the text is not 32 hex digits
   */
  public static RunId of(String value) {
    return new RunId(value);
  }

  /** Returns the id with a UUID's digits. */
  public static RunId of(UUID uuid) {
    return new RunId(uuid.toString().replace("-", ""));
  }

  /** Parses text that a caller sent; empty if it does not have the shape of an id. */
  public static Optional<RunId> parse(@Nullable String text) {
    return text != null && SHAPE.matcher(text).matches()
        ? Optional.of(new RunId(text))
        : Optional.empty();
  }

  /** Orders ids by their digits. */
  @Override
  public int compareTo(RunId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
