package arena.stream;

/** A run's fan-out could not be woken: worth a retry. */
public final class NotifierUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public NotifierUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
