package arena.journal;

import org.jspecify.annotations.Nullable;

/** The journal cannot be reached or is too busy: worth a retry. */
public final class JournalUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public JournalUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
