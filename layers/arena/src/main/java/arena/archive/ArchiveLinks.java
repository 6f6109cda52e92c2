package arena.archive;

import arena.run.Run;
import java.time.Instant;

/** Creates links to archives. */
@FunctionalInterface
public interface ArchiveLinks {
  /**
   * A link that needs no other credentials.
   *
   * @param expiresAt when it stops to work
   */
  record Link(String url, Instant expiresAt) {}

  /** Returns a short-lived link to the archive of an archived run. */
  Link link(Run run);
}
