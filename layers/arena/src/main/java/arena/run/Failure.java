package arena.run;

import java.util.Objects;

/**
 * Why a run failed.
 *
 * @param code the cause by name, such as {@code ModelThrottled}
 * @param message one sentence for an operator, without secrets; at most {@value #MAX_MESSAGE}
 *     characters
 */
public record Failure(String code, String message) {
  /** Longest message kept, in characters. */
  public static final int MAX_MESSAGE = 1_000;

  /** Cuts a message that is too long. */
  public Failure {
    Objects.requireNonNull(code);
    message = Limits.cut(message, MAX_MESSAGE);
  }
}
