package arena.diagnosis;

import arena.broker.BrokerSnapshot;
import arena.catalog.Counters;
import arena.journal.JournalTail;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The facts about a run at one moment, by source; the only input of the rules.
 *
 * @param at time of collection
 * @param row the catalog row, if it exists
 * @param journal the newest journal entries, newest first
 * @param broker the broker's state of the run
 * @param growth growth of the buffer, if it was read twice
 * @param execution state of the execution, if it exists
 * @param counters the four counters of all runs
 * @param cache the broker's status in ElastiCache
 */
public record Facts(
    Instant at,
    RunId runId,
    ProbeResult<Optional<Run>> row,
    ProbeResult<List<JournalTail.EntrySummary>> journal,
    ProbeResult<BrokerSnapshot> broker,
    Optional<Growth> growth,
    ProbeResult<Optional<ExecutionState>> execution,
    ProbeResult<Counters> counters,
    ProbeResult<CacheStatus> cache,
    StallThresholds thresholds) {

  /** Number of journal entries collected: those of three turns. */
  public static final int JOURNAL_ENTRIES = 6;

  /**
   * Growth of the buffer between two reads.
   *
   * @param events number of new events
   * @param between time between the reads
   */
  public record Growth(long events, Duration between) {}

  Facts withGrowth(Growth grown) {
    return new Facts(
        at,
        runId,
        row,
        journal,
        broker,
        Optional.of(grown),
        execution,
        counters,
        cache,
        thresholds);
  }

  /** The run, if it exists. */
  Optional<Run> run() {
    return row.known().flatMap(found -> found);
  }

  /** The run, if it is running. */
  Optional<Run> running() {
    return run().filter(run -> run.status() == RunStatus.RUNNING);
  }

  /** The run, if it has ended. */
  Optional<Run> ended() {
    return run().filter(run -> run.status().ended());
  }

  /** The execution, if it exists. */
  Optional<ExecutionState> existingExecution() {
    return execution.known().flatMap(found -> found);
  }

  /** The execution, if it is running. */
  Optional<ExecutionState> runningExecution() {
    return existingExecution().filter(ExecutionState::running);
  }

  Optional<JournalTail.EntrySummary> newest() {
    return journal.known().filter(entries -> !entries.isEmpty()).map(List::getFirst);
  }

  Optional<JournalTail.EventSummary> newestEvent() {
    return journal.known().stream()
        .flatMap(List::stream)
        .flatMap(entry -> entry.last().stream())
        .findFirst();
  }

  /** The last known seq in the journal. */
  long lastWrittenSeq() {
    long inJournal = newestEvent().map(JournalTail.EventSummary::seq).orElse(0L);
    return Math.max(inJournal, run().map(Run::nEvents).orElse(0L));
  }

  /** Whether the run has an event of a turn; a fork's first two events precede its first turn. */
  boolean hasTurn() {
    return run().stream().anyMatch(run -> run.nEvents() > (run.origin().isPresent() ? 2 : 0));
  }

  /** Time of the last write. */
  Optional<Instant> silentSince() {
    return run()
        .map(
            run -> {
              Instant last = run.lastTs().orElse(run.createdAt());
              Instant inJournal = newestEvent().map(JournalTail.EventSummary::at).orElse(last);
              return inJournal.isAfter(last) ? inJournal : last;
            });
  }

  /** The time since {@code then}; zero for times in the future. */
  Duration age(Instant then) {
    return then.isAfter(at) ? Duration.ZERO : Duration.between(then, at);
  }

  boolean isOlderThan(Instant then, Duration allowance) {
    return age(then).compareTo(allowance) > 0;
  }
}
