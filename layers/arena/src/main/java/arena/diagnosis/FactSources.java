package arena.diagnosis;

import arena.broker.BrokerSnapshot;
import arena.journal.JournalTail;
import arena.run.Run;
import java.util.List;
import java.util.Optional;

/** Where facts come from. Every call reads; none changes anything. Each may fail as it likes. */
public interface FactSources {
  /** The run's row: one call of the catalog. */
  Optional<Run> row(String runId);

  /** The newest entries of the run's journal, newest first: one call of the journal. */
  List<JournalTail.Written> journal(String runId, int limit);

  /** What the broker has of the run: one call of the broker. */
  BrokerSnapshot broker(String runId);

  /** How many runs play: one call of the catalog. */
  long runsOpen();

  /** How the run's execution stands, if it has one. */
  Optional<ExecutionState> execution(String runId);

  /**
   * The history of the run's execution, newest first.
   *
   * @param limit most entries returned, from 1 to 1,000
   */
  List<ExecutionState.Entry> history(String runId, int limit);

  /** What ElastiCache says of the broker. */
  CacheStatus cache();
}
