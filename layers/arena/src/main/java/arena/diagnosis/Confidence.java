package arena.diagnosis;

import java.util.Locale;

/** How well the facts support a finding. */
public enum Confidence {
  /** The facts prove it. */
  CERTAIN,
  /** Other causes would show the same facts but are rare. */
  LIKELY,
  /** The facts do not contradict it. */
  POSSIBLE;

  /** The name in JSON, such as {@code certain}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
