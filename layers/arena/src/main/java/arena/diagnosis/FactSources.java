package arena.diagnosis;

import arena.broker.BrokerSnapshot;
import arena.catalog.Counters;
import arena.journal.JournalTail;
import arena.run.Run;
import arena.run.RunId;
import java.util.List;
import java.util.Optional;

/** The sources of facts. All calls are read-only and may throw. */
public interface FactSources {
  /** The run's row; one catalog call. */
  Optional<Run> row(RunId runId);

  /** The newest journal entries, newest first; one journal call. */
  List<JournalTail.EntrySummary> journal(RunId runId, int limit);

  /** The broker's state of the run; one broker call. */
  BrokerSnapshot broker(RunId runId);

  /** The four counters; one catalog call. */
  Counters counters();

  /** The state of the run's execution, if it exists. */
  Optional<ExecutionState> execution(RunId runId);

  /**
   * The history of the run's execution, newest first.
   *
   * @param limit maximum number of entries, from 1 to 1,000
   */
  List<ExecutionState.Entry> history(RunId runId, int limit);

  /** The broker's status in ElastiCache. */
  CacheStatus cache();
}
