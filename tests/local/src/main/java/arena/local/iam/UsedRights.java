package arena.local.iam;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Writes rights to a file when they are used for the first time, for a report after all tests. The
 * test processes append to the same file. Thread-safe.
 */
public final class UsedRights implements Consumer<Right> {
  private final Path file;
  private final Set<Right> known = ConcurrentHashMap.newKeySet();

  /** Creates a writer; the file is created with its folder when a right is used. */
  public UsedRights(Path file) {
    this.file = file;
  }

  @Override
  public void accept(Right right) {
    if (!known.add(right)) {
      return;
    }
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      // One write of a short line, so that lines of several processes do not mix.
      Files.write(
          file,
          (right + "\n").getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot record a used right in " + file, e);
    }
  }
}
