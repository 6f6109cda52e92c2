package arena.local;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Optional;

/** Finds the reason of a failure that is the machine's: a disk, a permission, a network. */
final class FailureReason {
  private FailureReason() {}

  /** Returns the reason in a few words, if an {@link IOException} is the failure or its cause. */
  static Optional<String> of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException e) {
        return Optional.of(text(e));
      }
    }
    return Optional.empty();
  }

  private static String text(IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return "permission denied (" + denied.getFile() + ")";
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return lowerFirst(file.getReason()) + " (" + file.getFile() + ")";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : lowerFirst(e.getMessage());
  }

  private static String lowerFirst(String text) {
    return text.startsWith("No space") ? "no space" + text.substring("No space".length()) : text;
  }
}
