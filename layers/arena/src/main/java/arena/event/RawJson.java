package arena.event;

import java.util.Objects;

/**
 * A JSON value as unparsed text, so that its bytes never change.
 *
 * @param text compact JSON
 */
public record RawJson(String text) {
  public RawJson {
    Objects.requireNonNull(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
