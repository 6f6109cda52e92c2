package arena.diagnosis;

import java.util.Locale;

/** How far the facts bear a finding. */
public enum Confidence {
  /** The facts say it themselves. */
  CERTAIN,
  /** Other causes would look the same, and are rare. */
  LIKELY,
  /** The facts do not contradict it. */
  POSSIBLE;

  /** As answers have it, such as {@code certain}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
