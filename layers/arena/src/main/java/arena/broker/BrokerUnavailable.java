package arena.broker;

import org.jspecify.annotations.Nullable;

/** The broker cannot be reached or does not answer in time: worth a retry. */
public final class BrokerUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public BrokerUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
