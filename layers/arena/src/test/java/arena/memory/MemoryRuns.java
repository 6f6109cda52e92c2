package arena.memory;

import arena.catalog.Catalog;
import arena.catalog.RunPage;
import arena.event.Event;
import arena.journal.EntryExists;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Failure;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunNotRunning;
import arena.run.RunStatus;
import arena.run.UnknownRun;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Rows and their journal in memory, changed together as the real ones are. */
public class MemoryRuns implements Catalog, Journal {
  private final Map<String, Run> rows = new LinkedHashMap<>();
  private final Map<String, TreeMap<Long, JournalEntry>> entries = new LinkedHashMap<>();
  private final Set<String> released = new HashSet<>();
  private final Set<String> expiring = new HashSet<>();

  /** A run that has just been asked for. */
  public static Run newRun(String runId, int nTurns, Instant at) {
    return new Run(
        runId,
        "label",
        RunStatus.RUNNING,
        Profile.DEFAULT,
        "balanced",
        0,
        nTurns,
        Optional.empty(),
        0,
        0,
        at,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        Optional.empty(),
        Optional.empty());
  }

  /** Whether the run's journal is to expire. */
  public synchronized boolean expires(String runId) {
    return expiring.contains(runId);
  }

  /** Whether it was noted that the broker holds nothing of the run. */
  public synchronized boolean isReleased(String runId) {
    return released.contains(runId);
  }

  private Run row(String runId) {
    Run run = rows.get(runId);
    if (run == null) {
      throw new UnknownRun(runId);
    }
    return run;
  }

  @Override
  public synchronized Optional<Run> find(String runId) {
    return Optional.ofNullable(rows.get(runId));
  }

  @Override
  public RunPage list(Which which, int limit, Optional<String> cursor) {
    throw new AssertionError("no test lists");
  }

  @Override
  public synchronized List<Run> held(int limit) {
    return rows.values().stream()
        .filter(run -> !released.contains(run.runId()))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized long countRunning() {
    return rows.values().stream().filter(run -> !run.status().ended()).count();
  }

  @Override
  public synchronized long countEvents() {
    return rows.values().stream().mapToLong(Run::nEvents).sum();
  }

  @Override
  public synchronized boolean fail(String runId, Failure failure, Instant at) {
    Run run = row(runId);
    if (run.status().ended()) {
      return false;
    }
    put(run, RunStatus.FAILED, Optional.of(at), run.dbPath(), Optional.of(failure), run.summary());
    return true;
  }

  @Override
  public synchronized boolean abandon(String runId, long nEvents, Failure failure, Instant at) {
    return row(runId).nEvents() == nEvents && fail(runId, failure, at);
  }

  @Override
  public synchronized void archived(String runId, String dbPath, Run.Summary summary, Instant at) {
    Run run = row(runId);
    if (run.archived()) {
      return;
    }
    boolean running = run.status() == RunStatus.RUNNING;
    put(
        run,
        running ? RunStatus.COMPLETE : run.status(),
        running ? Optional.of(at) : run.endedAt(),
        dbPath,
        run.failure(),
        Optional.of(summary));
  }

  private void put(
      Run run,
      RunStatus status,
      Optional<Instant> endedAt,
      String dbPath,
      Optional<Failure> failure,
      Optional<Run.Summary> summary) {
    rows.put(
        run.runId(),
        new Run(
            run.runId(),
            run.label(),
            status,
            run.profile(),
            run.scenario(),
            run.t0(),
            run.nTurns(),
            run.origin(),
            run.nEvents(),
            run.lastT(),
            run.createdAt(),
            run.firstTs(),
            run.lastTs(),
            endedAt,
            dbPath,
            failure,
            summary));
  }

  @Override
  public synchronized void released(String runId) {
    if (!row(runId).status().ended()) {
      throw new IllegalStateException("it is running");
    }
    released.add(runId);
  }

  @Override
  public synchronized void begin(Run run, JournalEntry origin) {
    if (rows.containsKey(run.runId())) {
      throw new EntryExists(run.runId(), 0);
    }
    rows.put(run.runId(), run);
    entries.put(run.runId(), new TreeMap<>(Map.of(0L, origin)));
    advance(run, origin);
  }

  @Override
  public synchronized void append(JournalEntry entry) {
    Run run = rows.get(entry.runId());
    if (run == null || run.status().ended()) {
      throw new RunNotRunning(entry.runId());
    }
    if (entries.get(entry.runId()).containsKey(entry.position())) {
      throw new EntryExists(entry.runId(), entry.position());
    }
    if (entry.position() != run.nEvents() + 1) {
      throw new IllegalStateException("a gap or an overlap");
    }
    entries.get(entry.runId()).put(entry.position(), entry);
    advance(run, entry);
  }

  private void advance(Run run, JournalEntry entry) {
    if (entry.events().isEmpty()) {
      return;
    }
    Event last = entry.events().getLast();
    rows.put(
        run.runId(),
        new Run(
            run.runId(),
            run.label(),
            run.status(),
            run.profile(),
            run.scenario(),
            run.t0(),
            run.nTurns(),
            run.origin(),
            last.seq(),
            last.t(),
            run.createdAt(),
            run.firstTs().or(() -> Optional.of(entry.events().getFirst().ts())),
            Optional.of(last.ts()),
            run.endedAt(),
            run.dbPath(),
            run.failure(),
            run.summary()));
  }

  @Override
  public synchronized List<JournalEntry> entries(String runId, long position, int limit) {
    return entries.get(runId).tailMap(position).values().stream().limit(limit).toList();
  }

  @Override
  public synchronized List<Event> events(String runId, long fromSeq, int limit) {
    return entries.get(runId).values().stream()
        .flatMap(entry -> entry.events().stream())
        .filter(event -> event.seq() >= fromSeq)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Optional<Event> turnStart(String runId, int t) {
    return events(runId, 1, Integer.MAX_VALUE).stream()
        .filter(event -> event.kind().equals("turn_start") && event.t() == t)
        .findFirst();
  }

  @Override
  public synchronized void expire(String runId, Instant at) {
    expiring.add(runId);
  }
}
