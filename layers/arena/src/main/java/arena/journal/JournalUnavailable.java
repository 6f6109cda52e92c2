package arena.journal;

/** The journal cannot be reached or is too busy: worth a retry. */
public final class JournalUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public JournalUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
