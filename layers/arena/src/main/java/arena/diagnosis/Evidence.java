package arena.diagnosis;

/**
 * A fact that decided.
 *
 * @param fact its name, such as {@code execution.last_error}
 * @param value what it was, as text
 */
public record Evidence(String fact, String value) {
  /** Any value, as text. */
  static Evidence of(String fact, Object value) {
    return new Evidence(fact, String.valueOf(value));
  }
}
