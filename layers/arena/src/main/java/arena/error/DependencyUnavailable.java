package arena.error;

import org.jspecify.annotations.Nullable;

/**
 * A dependency cannot be reached, is overloaded or does not answer in time. Retryable.
 *
 * <p>Lambda reports an exception by its class and message. The message therefore begins with the
 * code of the dependency's error, such as {@code BrokerUnavailable: no answer}; see {@link
 * ErrorKind#codeOf}.
 */
public final class DependencyUnavailable extends RuntimeException {
  private final Dependency dependency;
  private final String reason;

  DependencyUnavailable(Dependency dependency, String reason, @Nullable Throwable cause) {
    super(dependency.errorKind().code() + ErrorKind.SEPARATOR + reason, cause);
    this.dependency = dependency;
    this.reason = reason;
  }

  /** The dependency that is unavailable. */
  public Dependency dependency() {
    return dependency;
  }

  /** What failed: the message without the code. */
  public String reason() {
    return reason;
  }
}
