package arena.diagnosis;

/**
 * A fact that supports a finding.
 *
 * @param fact name, such as {@code execution.last_error}
 * @param value the value as text
 */
public record Evidence(String fact, String value) {
  static Evidence of(String fact, Object value) {
    return new Evidence(fact, String.valueOf(value));
  }
}
