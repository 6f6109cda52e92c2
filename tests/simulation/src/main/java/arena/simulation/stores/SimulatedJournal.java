package arena.simulation.stores;

import arena.error.Dependency;
import arena.event.Event;
import arena.journal.EntryExists;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunNotRunning;
import arena.run.RunStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Supplier;

/** The journal over the simulated tables. */
public final class SimulatedJournal implements Journal {
  private static final int MAX_PAGE = 1_000;

  private final SimulatedTables tables;

  public SimulatedJournal(SimulatedTables tables) {
    this.tables = tables;
  }

  private <T> T call(Call call, RunId runId, Supplier<T> effect) {
    return tables
        .network()
        .call(
            call, runId.value(), effect, message -> Dependency.JOURNAL.unavailable(message, null));
  }

  @Override
  public void create(Run run, JournalEntry origin) {
    if (origin.position() != 0 || !origin.runId().equals(run.runId())) {
      throw new IllegalArgumentException("the first entry must be of the run and at position 0");
    }
    if (run.status() != RunStatus.RUNNING || run.archived() || run.endedAt().isPresent()) {
      throw new IllegalArgumentException("run %s is not a new run".formatted(run.runId()));
    }
    Run row = origin.events().isEmpty() ? run : advanced(run, origin.events());
    // The real store sends a repeated call with the same token: it succeeds if the first one did.
    boolean[] ours = new boolean[1];
    boolean created =
        call(
            Call.JOURNAL_BEGIN,
            run.runId(),
            () -> {
              ours[0] |= tables.begin(row, origin);
              return ours[0];
            });
    if (!created) {
      throw new EntryExists(run.runId(), 0);
    }
  }

  @Override
  public void append(JournalEntry entry) {
    if (entry.events().isEmpty()) {
      throw new IllegalArgumentException("an appended entry must have events");
    }
    boolean[] ours = new boolean[1];
    call(
        Call.JOURNAL_APPEND,
        entry.runId(),
        () -> {
          if (!ours[0]) {
            tables.append(entry, (row, exists) -> advance(entry, row, exists));
            ours[0] = true;
          }
          return null;
        });
  }

  /** Checks the row first: a fenced writer must stop even if its entry exists. */
  private static Run advance(JournalEntry entry, Optional<Run> row, boolean exists) {
    Run run =
        row.filter(r -> r.status() == RunStatus.RUNNING)
            .orElseThrow(() -> new RunNotRunning(entry.runId()));
    if (exists) {
      throw new EntryExists(entry.runId(), entry.position());
    }
    if (entry.events().getFirst().seq() != run.nEvents() + 1) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "run %s: the entry at position %d does not follow the journal's last seq %d",
              entry.runId(),
              entry.position(),
              run.nEvents()));
    }
    return advanced(run, entry.events());
  }

  @Override
  public List<JournalEntry> entries(RunId runId, long position, int limit) {
    requirePage(limit);
    return call(
        Call.JOURNAL_ENTRIES,
        runId,
        () -> tables.entries(runId).tailMap(position).values().stream().limit(limit).toList());
  }

  @Override
  public List<Event> events(RunId runId, long fromSeq, int limit, int maxBytes) {
    requirePage(limit);
    if (fromSeq < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "seq and max_bytes must be at least 1: %d, %d", fromSeq, maxBytes));
    }
    return call(
        Call.JOURNAL_EVENTS,
        runId,
        () -> SimulatedPages.withinBytes(page(runId, fromSeq, limit), maxBytes));
  }

  private List<Event> page(RunId runId, long fromSeq, int limit) {
    NavigableMap<Long, JournalEntry> entries = tables.entries(runId);
    Map.Entry<Long, JournalEntry> floor = entries.floorEntry(fromSeq);
    List<Event> events = new ArrayList<>();
    for (JournalEntry entry :
        (floor == null ? entries : entries.tailMap(floor.getKey())).values()) {
      for (Event event : entry.events()) {
        if (event.seq() < fromSeq) {
          continue;
        }
        if (events.size() == limit) {
          return events;
        }
        if (event.seq() != fromSeq + events.size()) {
          throw new IllegalStateException(
              String.format(
                  Locale.ROOT,
                  "run %s: the journal has seq %d instead of %d",
                  runId,
                  event.seq(),
                  fromSeq + events.size()));
        }
        events.add(event);
      }
    }
    return events;
  }

  @Override
  public Optional<Event> turnStart(RunId runId, int t) {
    return call(
        Call.JOURNAL_TURN_START,
        runId,
        () ->
            tables.entries(runId).values().stream()
                .flatMap(entry -> entry.events().stream())
                .filter(event -> event.kind().equals("turn_start") && event.t() == t)
                .findFirst());
  }

  @Override
  public void postponeModel(RunId runId, long position, Instant until) {
    call(
        Call.JOURNAL_POSTPONE_MODEL,
        runId,
        () -> {
          tables.postponeModel(runId, position, until);
          return null;
        });
  }

  @Override
  public List<Event> turnStarts(RunId runId, long fromSeq, int maxBytes) {
    return call(
        Call.JOURNAL_TURN_STARTS,
        runId,
        () ->
            SimulatedPages.withinBytes(
                tables.entries(runId).values().stream()
                    .flatMap(entry -> entry.events().stream())
                    .filter(event -> event.kind().equals("turn_start") && event.seq() >= fromSeq)
                    .toList(),
                maxBytes));
  }

  @Override
  public void postponeExpiry(RunId runId) {
    tables.postponeExpiry(runId); // no fault points, because it is never due within hours
  }

  private static void requirePage(int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "limit must be from 1 to %d: %d", MAX_PAGE, limit));
    }
  }

  /** The row after these events, which are the run's next. */
  private static Run advanced(Run run, List<Event> events) {
    Event last = events.getLast();
    return run.withProgress(
        new Run.Progress(
            last.seq(),
            last.t(),
            run.firstTs().orElse(events.getFirst().ts()),
            last.ts(),
            run.departsAt().orElse(null)));
  }
}
