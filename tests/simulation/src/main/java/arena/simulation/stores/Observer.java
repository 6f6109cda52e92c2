package arena.simulation.stores;

import arena.comparison.Cell;
import arena.comparison.Comparison;
import arena.event.Event;
import arena.journal.JournalEntry;
import arena.run.Run;
import arena.run.RunId;
import java.time.Instant;
import java.util.List;

/**
 * Observes every change of a store as it happens. An exception that it throws ends the simulation.
 */
public interface Observer {
  /** A journal entry was written. */
  default void written(JournalEntry entry) {}

  /** The model of an entry's turn must not be called before a time. */
  default void modelPostponed(RunId runId, long position, Instant until) {}

  /** A journal entry expired. */
  default void expired(RunId runId, long position) {}

  /** A run's row changed. */
  default void rowChanged(Run before, Run after) {}

  /** A run was marked as no longer held in the broker. */
  default void released(Run run) {}

  /** An envelope was appended to a run's stream. */
  default void streamed(RunId runId, long seq, String envelope) {}

  /** A run was opened or reopened. */
  default void opened(RunId runId) {}

  default void closed(RunId runId) {}

  /** A run's buffer was dropped. */
  default void dropped(RunId runId) {}

  /** A reader's cursor was advanced by this number of events. */
  default void delivered(RunId runId, long events) {}

  default void archived(Run run, List<Event> events) {}

  /** A comparison was created. */
  default void created(Comparison comparison) {}

  /** A comparison's plan or progress changed; its cells have changed before. */
  default void comparisonChanged(Comparison before, Comparison after) {}

  /** A cell changed; {@code comparison} is as it is afterwards. */
  default void cellChanged(Comparison comparison, Cell before, Cell after) {}

  /** An observer that ignores every change. */
  Observer NONE = new Observer() {};
}
