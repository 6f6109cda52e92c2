package arena.event;

import java.util.Objects;

/**
 * A JSON value, kept as the text that it was first written as, so that it stays the same to the
 * byte.
 *
 * @param text compact JSON
 */
public record RawJson(String text) {
  /** Refuses a missing text. */
  public RawJson {
    Objects.requireNonNull(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
