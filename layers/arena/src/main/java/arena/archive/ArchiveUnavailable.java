package arena.archive;

/** The archive cannot be read or written for now: worth a retry. */
public final class ArchiveUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public ArchiveUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
