package arena.simulation.stores;

import arena.catalog.Catalog;
import arena.catalog.Counters;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Run;
import arena.run.RunId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The tables of the catalog and the journal, in one class because an entry and its run's row change
 * in one transaction. Every method is atomic.
 */
public final class SimulatedTables {
  private static final Comparator<Row> OLDEST_FIRST =
      Comparator.comparing((Row row) -> row.run.createdAt()).thenComparing(row -> row.run.runId());

  private final Map<RunId, Row> rows = new LinkedHashMap<>();
  private final Set<String> countedDeliveries = new HashSet<>();
  private long eventsStreamed;
  private long streamsDropped;
  private final InstantSource clock;
  private final Network network;
  private final Observer observer;

  public SimulatedTables(InstantSource clock, Network network, Observer observer) {
    this.clock = clock;
    this.network = network;
    this.observer = observer;
  }

  private static final class Row {
    private Run run;
    private boolean held = true;
    private final Instant indexedAt;
    private final TreeMap<Long, Stored> entries = new TreeMap<>();

    private Row(Run run, Instant indexedAt) {
      this.run = run;
      this.indexedAt = indexedAt;
    }
  }

  /** An entry and its expiry. */
  private record Stored(JournalEntry entry, Instant expiresAt) {}

  private Stored stored(JournalEntry entry) {
    return new Stored(entry, clock.instant().plus(Journal.RETENTION));
  }

  Network network() {
    return network;
  }

  /** Creates a run's row and first entry; returns false if the run exists. */
  synchronized boolean begin(Run run, JournalEntry origin) {
    if (rows.containsKey(run.runId())) {
      return false;
    }
    Row row = new Row(run, clock.instant().plusMillis(network.lagMillis()));
    row.entries.put(origin.position(), stored(origin));
    rows.put(run.runId(), row);
    observer.written(origin);
    observer.rowChanged(run, run);
    return true;
  }

  public synchronized Optional<Run> find(RunId runId) {
    return Optional.ofNullable(rows.get(runId)).map(row -> row.run);
  }

  /** Whether the broker may hold data of the run. */
  public synchronized boolean held(RunId runId) {
    return rows.containsKey(runId) && rows.get(runId).held;
  }

  /** Computes the row after an entry is appended; throws if the entry is rejected. */
  interface Advance {
    Run apply(Optional<Run> row, boolean taken);
  }

  /**
   * Appends an entry and updates its row atomically.
   *
   * @param advance computes the new row from the row and whether the position is taken
   */
  synchronized void append(JournalEntry entry, Advance advance) {
    Row row = rows.get(entry.runId());
    boolean taken = row != null && present(row).containsKey(entry.position());
    Run after = advance.apply(Optional.ofNullable(row).map(r -> r.run), taken);
    Run before = row.run;
    row.entries.put(entry.position(), stored(entry));
    row.run = after;
    observer.written(entry);
    observer.rowChanged(before, after);
  }

  /** Returns the run's entries that have not expired, by position. */
  synchronized NavigableMap<Long, JournalEntry> entries(RunId runId) {
    TreeMap<Long, JournalEntry> entries = new TreeMap<>();
    Row row = rows.get(runId);
    if (row != null) {
      present(row).forEach((position, stored) -> entries.put(position, stored.entry));
    }
    return entries;
  }

  private NavigableMap<Long, Stored> present(Row row) {
    Instant now = clock.instant();
    row.entries
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !now.isBefore(entry.getValue().expiresAt);
              if (gone) {
                observer.expired(row.run.runId(), entry.getKey());
              }
              return gone;
            });
    return row.entries;
  }

  /** Sets the time before which an entry's model must not be called, if the entry exists. */
  synchronized void postponeModel(RunId runId, long position, Instant until) {
    Row row = rows.get(runId);
    if (row != null && present(row).containsKey(position)) {
      row.entries.computeIfPresent(
          position, (_, stored) -> new Stored(postponed(stored.entry, until), stored.expiresAt));
      observer.modelPostponed(runId, position, until);
    }
  }

  private static JournalEntry postponed(JournalEntry entry, Instant until) {
    return new JournalEntry(
        entry.runId(), entry.position(), entry.events(), entry.nextState(), Optional.of(until));
  }

  /** Postpones the expiry of the run's entries, if it is due. */
  synchronized void postponeExpiry(RunId runId) {
    Row row = rows.get(runId);
    if (row == null || present(row).isEmpty()) {
      return;
    }
    Instant due = clock.instant().plus(Journal.MIN_REMAINING);
    if (row.entries.firstEntry().getValue().expiresAt.isBefore(due)) {
      row.entries.replaceAll((_, stored) -> stored(stored.entry));
    }
  }

  /** Computes a changed row; empty for no change. */
  interface Change {
    Optional<Run> apply(Run row);
  }

  /** Changes a row; returns whether it changed. */
  synchronized boolean change(RunId runId, Change change) {
    Row row = rows.get(runId);
    if (row == null) {
      return false;
    }
    Run before = row.run;
    Optional<Run> after = change.apply(before);
    after.ifPresent(
        run -> {
          row.run = run;
          observer.rowChanged(before, run);
        });
    return after.isPresent();
  }

  /** Marks the run as no longer held in the broker. */
  synchronized void release(RunId runId) {
    Row row = rows.get(runId);
    if (row.held) {
      row.held = false;
      observer.released(row.run);
    }
  }

  /** Returns matching rows in index order, oldest first; new rows appear after the index lag. */
  synchronized List<Run> index(Predicate<Run> in, boolean heldOnly) {
    Instant now = clock.instant();
    return rows.values().stream()
        .filter(row -> !now.isBefore(row.indexedAt) && (row.held || !heldOnly) && in.test(row.run))
        .sorted(OLDEST_FIRST)
        .map(row -> row.run)
        .toList();
  }

  /** Returns the counters; events and runs are counted with their rows. */
  public synchronized Counters counters() {
    return new Counters(
        rows.values().stream().mapToLong(row -> row.run.nEvents()).sum(),
        eventsStreamed,
        streamsDropped,
        rows.values().stream().filter(row -> !row.run.status().ended()).count());
  }

  /** Counts deliveries once for each id. */
  synchronized void countDeliveries(Catalog.Deliveries deliveries) {
    if (countedDeliveries.add(deliveries.id())) {
      eventsStreamed += deliveries.eventsStreamed();
      streamsDropped += deliveries.streamsDropped();
    }
  }

  /** Every run's row, in order of creation. */
  public synchronized List<Run> all() {
    return rows.values().stream().map(row -> row.run).toList();
  }
}
