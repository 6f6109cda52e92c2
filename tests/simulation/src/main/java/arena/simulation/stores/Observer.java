package arena.simulation.stores;

import arena.event.Event;
import arena.journal.JournalEntry;
import arena.run.Run;
import java.util.List;

/** Sees every change of a store at the moment it happens. What it throws ends the simulation. */
public interface Observer {
  /** An entry was written. */
  default void written(JournalEntry entry) {}

  /** A journal let its entry go, for its time had come. */
  default void expired(String runId, long position) {}

  /** A run's row is another now. */
  default void rowChanged(Run before, Run after) {}

  /** It was noted that the broker holds nothing of a run. */
  default void released(Run run) {}

  /** An envelope was put into a run's stream. */
  default void streamed(String runId, long seq, String envelope) {}

  /** A run was opened, or opened anew. */
  default void opened(String runId) {}

  /** A run was closed. */
  default void closed(String runId) {}

  /** A run's buffer was dropped by a call. */
  default void dropped(String runId) {}

  /** The counter of published events was raised by so many, up to this seq of the run. */
  default void counted(String runId, long events, long upTo) {}

  /** A run's archive was written. */
  default void archived(Run run, List<Event> events) {}

  /** One that sees nothing. */
  Observer NOBODY = new Observer() {};
}
