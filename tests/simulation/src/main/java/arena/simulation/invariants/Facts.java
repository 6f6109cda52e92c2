package arena.simulation.invariants;

import arena.codec.EnvelopeCodec;
import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.event.Event;
import arena.journal.JournalEntry;
import arena.run.Run;
import arena.run.RunId;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.scheduler.SimulatedProcess;
import arena.simulation.stores.SimulatedArchive;
import arena.simulation.stores.SimulatedBucket;
import arena.simulation.stores.SimulatedComparisons;
import arena.simulation.stores.SimulatedObjects;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The state that invariants are checked against: everything ever written, and the current stores.
 */
public final class Facts {
  /** Grace period of the reaper. */
  public static final Duration GRACE = Duration.ofMinutes(30);

  /** Maximum difference between two clocks. */
  static final Duration SKEW = Duration.ofMinutes(3);

  private final Scheduler scheduler;
  private final FaultyNetwork network;
  private final Map<RunId, List<Event>> written = new HashMap<>();
  private final Map<RunId, List<String>> envelopes = new HashMap<>();
  private final Map<RunId, Instant> changedAt = new HashMap<>();
  private final Map<RunId, CellOfRun> cells = new HashMap<>();
  private SimulatedComparisons comparisons;
  private SimulatedObjects objects;
  private Predicate<ComparisonId> doomed;
  private SimulatedTables tables;
  private SimulatedRedis redis;
  private SimulatedBucket bucket;

  public Facts(Scheduler scheduler, FaultyNetwork network) {
    this.scheduler = scheduler;
    this.network = network;
  }

  /** Sets the simulated stores. */
  public void setStores(
      SimulatedTables simulatedTables,
      SimulatedRedis simulatedRedis,
      SimulatedBucket simulatedBucket) {
    tables = simulatedTables;
    redis = simulatedRedis;
    bucket = simulatedBucket;
  }

  /**
   * Sets the simulated stores of comparisons.
   *
   * @param isDoomed whether no execution of a comparison can end it
   */
  public void setComparisons(
      SimulatedComparisons simulatedComparisons,
      SimulatedObjects simulatedObjects,
      Predicate<ComparisonId> isDoomed) {
    comparisons = simulatedComparisons;
    objects = simulatedObjects;
    doomed = isDoomed;
  }

  /** Whether there was no fault yet, and the last outage of the broker is over. */
  boolean calm() {
    return network.calm();
  }

  /** The cell that a run is of. */
  public record CellOfRun(ComparisonId id, int number) {}

  void addCells(Comparison comparison) {
    for (int number = 0; number < comparison.design().cells(); number++) {
      cells.putIfAbsent(comparison.id().runOf(number), new CellOfRun(comparison.id(), number));
    }
  }

  /** The cell that a run is of; empty for a run of no comparison. */
  public Optional<CellOfRun> cellOf(RunId runId) {
    return Optional.ofNullable(cells.get(runId));
  }

  SimulatedComparisons comparisons() {
    return comparisons;
  }

  /** The archived results of a comparison. */
  Optional<String> results(ComparisonId id) {
    return objects.find("comparisons/" + id + ".jsonl");
  }

  /** Whether no execution of a comparison can end it. */
  boolean isDoomed(ComparisonId id) {
    return doomed.test(id);
  }

  void add(JournalEntry entry) {
    List<Event> events = written.computeIfAbsent(entry.runId(), _ -> new ArrayList<>());
    List<String> texts = envelopes.computeIfAbsent(entry.runId(), _ -> new ArrayList<>());
    for (Event event : entry.events()) {
      events.add(event);
      texts.add(EnvelopeCodec.write(event));
    }
    changed(entry.runId());
  }

  void changed(RunId runId) {
    changedAt.put(runId, now());
  }

  /** Time of the run's last write or change of status. */
  Instant changedAt(RunId runId) {
    return changedAt.get(runId);
  }

  /** The true time, without clock skew. */
  Instant now() {
    return scheduler.instant(0);
  }

  /** The process that makes the current change. */
  SimulatedProcess actor() {
    return network.actor();
  }

  Scheduler scheduler() {
    return scheduler;
  }

  SimulatedTables tables() {
    return tables;
  }

  SimulatedRedis redis() {
    return redis;
  }

  /** Every event of the run ever written; index is seq - 1. */
  List<Event> written(RunId runId) {
    return written.getOrDefault(runId, List.of());
  }

  /** The envelope with this seq; null if none was written. */
  public String envelope(RunId runId, long seq) {
    List<String> texts = envelopes.getOrDefault(runId, List.of());
    return seq >= 1 && seq <= texts.size() ? texts.get((int) seq - 1) : null;
  }

  public Run row(RunId runId) {
    return tables.find(runId).orElseThrow();
  }

  Optional<List<Event>> archive(Run run) {
    return bucket.find(SimulatedArchive.key(run));
  }

  /** Whether every run has ended and its broker buffer is freed. */
  public boolean areRunsFreed() {
    return tables.all().stream()
        .allMatch(
            run ->
                run.status().ended()
                    && !tables.held(run.runId())
                    && redis.bufferKeys(run.runId()) == 0);
  }

  /** Stops the simulation with a violation. */
  InvariantViolation fail(InvariantViolation violation) {
    scheduler.fail(violation);
    return violation;
  }
}
