package arena.simulation.stores;

import arena.journal.JournalEntry;
import arena.run.Run;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The catalog's and the journal's tables. Both are in one place because an entry and its run's row
 * change in one transaction. Every method is one step.
 */
public final class SimulatedTables {
  private static final Comparator<Row> OLDEST_FIRST =
      Comparator.comparing((Row row) -> row.run.createdAt()).thenComparing(row -> row.run.runId());

  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final InstantSource clock;
  private final Network wire;
  private final Observer witness;

  /** Empty tables. */
  public SimulatedTables(InstantSource clock, Network wire, Observer witness) {
    this.clock = clock;
    this.wire = wire;
    this.witness = witness;
  }

  /** A run's row and its entries. */
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

  /** An entry, and when it goes; never if that is {@code Instant.MAX}. */
  private record Stored(JournalEntry entry, Instant expiresAt) {}

  Network wire() {
    return wire;
  }

  /** Puts a run's row and its first entry, unless there is one of them. */
  synchronized boolean begin(Run run, JournalEntry origin) {
    if (rows.containsKey(run.runId())) {
      return false;
    }
    Row row = new Row(run, clock.instant().plusMillis(wire.lagMillis()));
    row.entries.put(origin.position(), new Stored(origin, Instant.MAX));
    rows.put(run.runId(), row);
    witness.written(origin);
    witness.rowChanged(run, run);
    return true;
  }

  /** The run's row, if there is one. */
  public synchronized Optional<Run> find(String runId) {
    return Optional.ofNullable(rows.get(runId)).map(row -> row.run);
  }

  /** Whether the run is held by the broker for all that is known. */
  public synchronized boolean held(String runId) {
    return rows.containsKey(runId) && rows.get(runId).held;
  }

  /** What a row becomes when an entry is put; throws what refuses it. */
  interface Advance {
    Run apply(Optional<Run> row, boolean taken);
  }

  /**
   * Puts an entry and changes its row, in one step.
   *
   * @param advance from the row, and whether an entry is at that position
   */
  synchronized void append(JournalEntry entry, Advance advance) {
    Row row = rows.get(entry.runId());
    boolean taken = row != null && present(row).containsKey(entry.position());
    Run after = advance.apply(Optional.ofNullable(row).map(r -> r.run), taken);
    Run before = row.run;
    row.entries.put(entry.position(), new Stored(entry, Instant.MAX));
    row.run = after;
    witness.written(entry);
    witness.rowChanged(before, after);
  }

  /** The run's entries that have not expired, by position. */
  synchronized NavigableMap<Long, JournalEntry> entries(String runId) {
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
                witness.expired(row.run.runId(), entry.getKey());
              }
              return gone;
            });
    return row.entries;
  }

  /** Lets the run's entries go at this time, those that have no such time yet. */
  synchronized void expire(String runId, Instant at) {
    Row row = rows.get(runId);
    if (row != null) {
      present(row)
          .replaceAll(
              (_, stored) ->
                  stored.expiresAt.equals(Instant.MAX) ? new Stored(stored.entry, at) : stored);
    }
  }

  /** Says what a row becomes; empty if it stays. */
  interface Change {
    Optional<Run> apply(Run row);
  }

  /** Changes a row; whether there is one and it is another now. */
  synchronized boolean change(String runId, Change change) {
    Row row = rows.get(runId);
    if (row == null) {
      return false;
    }
    Run before = row.run;
    Optional<Run> after = change.apply(before);
    after.ifPresent(
        run -> {
          row.run = run;
          witness.rowChanged(before, run);
        });
    return after.isPresent();
  }

  /** Notes that the broker holds nothing of the run. */
  synchronized void release(String runId) {
    Row row = rows.get(runId);
    if (row.held) {
      row.held = false;
      witness.released(row.run);
    }
  }

  /** Runs in an index, oldest first: rows as they are now, new ones perhaps a moment late. */
  synchronized List<Run> index(Predicate<Run> in, boolean heldOnly) {
    Instant now = clock.instant();
    return rows.values().stream()
        .filter(row -> !now.isBefore(row.indexedAt) && (row.held || !heldOnly) && in.test(row.run))
        .sorted(OLDEST_FIRST)
        .map(row -> row.run)
        .toList();
  }

  /** Every run's row, in the order in which they began. */
  public synchronized List<Run> all() {
    return rows.values().stream().map(row -> row.run).toList();
  }
}
