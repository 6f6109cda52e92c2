package arena.journal;

import java.util.Locale;

/** An entry is already at this position of the run's journal. */
public final class EntryExists extends RuntimeException {
  /** Names the place. */
  public EntryExists(String runId, long position) {
    super(String.format(Locale.ROOT, "run %s has an entry at position %d", runId, position));
  }
}
