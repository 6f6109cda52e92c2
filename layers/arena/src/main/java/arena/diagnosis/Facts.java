package arena.diagnosis;

import arena.broker.BrokerSnapshot;
import arena.journal.JournalTail;
import arena.run.Run;
import arena.run.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that is known of a run at one moment, source by source. Everything else about a diagnosis is
 * worked out from this.
 *
 * @param at when it was collected
 * @param runId the run that was asked about
 * @param row its row in the catalog, if it has one
 * @param journal the newest entries of its journal, newest first
 * @param broker what the broker has of it
 * @param growth of the buffer, if it was looked at twice
 * @param execution how its execution stands, if it has one
 * @param runsOpen how many runs play
 * @param cache what ElastiCache says of the broker
 * @param allowances how long things may take
 */
public record Facts(
    Instant at,
    String runId,
    ProbeResult<Optional<Run>> row,
    ProbeResult<List<JournalTail.Written>> journal,
    ProbeResult<BrokerSnapshot> broker,
    Optional<Growth> growth,
    ProbeResult<Optional<ExecutionState>> execution,
    ProbeResult<Long> runsOpen,
    ProbeResult<CacheStatus> cache,
    StallThresholds allowances) {

  /** Newest entries of a journal that are looked at: those of three turns. */
  public static final int ENTRIES = 6;

  /**
   * What came between two looks.
   *
   * @param events how many
   * @param between the looks
   */
  public record Growth(long events, Duration between) {}

  /** The same facts, and how much the buffer has grown since an earlier look. */
  Facts withGrowth(Growth grown) {
    return new Facts(
        at,
        runId,
        row,
        journal,
        broker,
        Optional.of(grown),
        execution,
        runsOpen,
        cache,
        allowances);
  }

  /** The run, if it is known to exist. */
  Optional<Run> run() {
    return row.known().flatMap(found -> found);
  }

  /** The run, if it plays. */
  Optional<Run> running() {
    return run().filter(run -> run.status() == RunStatus.RUNNING);
  }

  /** The run, if it is over. */
  Optional<Run> ended() {
    return run().filter(run -> run.status().ended());
  }

  /** The execution, if it is known to exist. */
  Optional<ExecutionState> played() {
    return execution.known().flatMap(found -> found);
  }

  /** The execution, if it goes on. */
  Optional<ExecutionState> playing() {
    return played().filter(ExecutionState::running);
  }

  /** The newest entry of the journal. */
  Optional<JournalTail.Written> newest() {
    return journal.known().filter(entries -> !entries.isEmpty()).map(List::getFirst);
  }

  /** The newest event of the journal. */
  Optional<JournalTail.Part> newestEvent() {
    return journal.known().stream()
        .flatMap(List::stream)
        .flatMap(entry -> entry.last().stream())
        .findFirst();
  }

  /** Last seq that is written, as far as is known. */
  long written() {
    long inJournal = newestEvent().map(JournalTail.Part::seq).orElse(0L);
    return Math.max(inJournal, run().map(Run::nEvents).orElse(0L));
  }

  /** Whether an event of a turn was ever written: a fork begins with up to two that are of none. */
  boolean hasTurn() {
    return run().stream().anyMatch(run -> run.nEvents() > (run.origin().isPresent() ? 2 : 0));
  }

  /** Since when nothing was written. */
  Optional<Instant> silentSince() {
    return run()
        .map(
            run -> {
              Instant last = run.lastTs().orElse(run.createdAt());
              Instant inJournal = newestEvent().map(JournalTail.Part::at).orElse(last);
              return inJournal.isAfter(last) ? inJournal : last;
            });
  }

  /** How long ago something was; nothing is in the future. */
  Duration since(Instant then) {
    return then.isAfter(at) ? Duration.ZERO : Duration.between(then, at);
  }

  /** Whether something was longer ago than this. */
  boolean longAgo(Instant then, Duration allowance) {
    return since(then).compareTo(allowance) > 0;
  }
}
