package arena.diagnosis;

import arena.run.Limits;
import java.time.Instant;
import java.util.Objects;

/**
 * One line of a function's log.
 *
 * @param at time of the line
 * @param function the function's name, such as {@code replay-turn}, without the stack's name
 * @param text the line without its line terminator
 */
public record LogLine(Instant at, String function, String text) {
  /** Maximum length of a text, in code points; a longer one is cut. */
  public static final int MAX_TEXT = 20_000;

  public LogLine {
    Objects.requireNonNull(at);
    Objects.requireNonNull(function);
    text = Limits.cut(text, MAX_TEXT);
  }
}
