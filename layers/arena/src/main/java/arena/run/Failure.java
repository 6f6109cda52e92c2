package arena.run;

import arena.error.ErrorKind;
import java.util.Objects;

/**
 * Why a run failed.
 *
 * @param code error code, such as {@code ModelThrottled}
 * @param message one sentence for operators, without secrets; cut to {@value #MAX_MESSAGE}
 *     characters
 */
public record Failure(String code, String message) {
  /** Maximum length of a message, in characters. */
  public static final int MAX_MESSAGE = 1_000;

  public Failure {
    Objects.requireNonNull(code);
    message = Limits.cut(message, MAX_MESSAGE);
  }

  /** Creates the failure of a run that the product ends. */
  public static Failure of(ErrorKind kind, String message) {
    return new Failure(kind.code(), message);
  }

  /** The error that the code stands for. */
  public ErrorKind kind() {
    return ErrorKind.of(code);
  }
}
