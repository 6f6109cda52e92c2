package arena.archive;

import org.jspecify.annotations.Nullable;

/** The archive cannot be read or written for now: worth a retry. */
public final class ArchiveUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public ArchiveUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
