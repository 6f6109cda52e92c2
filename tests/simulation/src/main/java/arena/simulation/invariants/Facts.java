package arena.simulation.invariants;

import arena.codec.EnvelopeCodec;
import arena.event.Event;
import arena.journal.JournalEntry;
import arena.run.Run;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.scheduler.SimulatedProcess;
import arena.simulation.stores.SimulatedArchive;
import arena.simulation.stores.SimulatedBucket;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What promises are held against: all that was ever written, and the stores as they are. */
public final class Facts {
  /** How long a closed or silent run stays in the broker. */
  public static final Duration GRACE = Duration.ofMinutes(30);

  /** How much two clocks may differ. */
  static final Duration SKEW = Duration.ofMinutes(3);

  private final Scheduler scheduler;
  private final FaultyNetwork wire;
  private final Map<String, List<Event>> written = new HashMap<>();
  private final Map<String, List<String>> envelopes = new HashMap<>();
  private final Map<String, Instant> changedAt = new HashMap<>();
  private SimulatedTables tables;
  private SimulatedRedis redis;
  private SimulatedBucket bucket;

  /** No facts yet. */
  public Facts(Scheduler scheduler, FaultyNetwork wire) {
    this.scheduler = scheduler;
    this.wire = wire;
  }

  /** The stores that these are about. */
  public void about(SimulatedTables theTables, SimulatedRedis theRedis, SimulatedBucket theBucket) {
    tables = theTables;
    redis = theRedis;
    bucket = theBucket;
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

  void changed(String runId) {
    changedAt.put(runId, now());
  }

  /** When the run was written to, or ended, last. */
  Instant changedAt(String runId) {
    return changedAt.get(runId);
  }

  /** The true time. */
  Instant now() {
    return scheduler.instant(0);
  }

  /** Whoever makes the change that is seen now. */
  SimulatedProcess actor() {
    return wire.actor();
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

  /** Every event of the run that was ever written, by seq - 1. */
  List<Event> written(String runId) {
    return written.getOrDefault(runId, List.of());
  }

  /** The envelope of an event; null if none was written with this seq. */
  public String envelope(String runId, long seq) {
    List<String> texts = envelopes.getOrDefault(runId, List.of());
    return seq >= 1 && seq <= texts.size() ? texts.get((int) seq - 1) : null;
  }

  /** The run's row. */
  public Run row(String runId) {
    return tables.find(runId).orElseThrow();
  }

  /** The run's archive, if there is one. */
  Optional<List<Event>> archive(Run run) {
    return bucket.find(SimulatedArchive.key(run));
  }

  /** Whether every run has ended and left nothing in the broker. */
  public boolean areRunsFreed() {
    return tables.all().stream()
        .allMatch(
            run ->
                run.status().ended()
                    && !tables.held(run.runId())
                    && redis.bufferKeys(run.runId()) == 0);
  }

  /** Ends the simulation with this. */
  InvariantViolation broken(InvariantViolation broken) {
    scheduler.fail(broken);
    return broken;
  }
}
