package arena.http;

import arena.archive.Archive;
import arena.broker.Broker;
import arena.broker.Overflow;
import arena.catalog.Catalog;
import arena.catalog.Counters;
import arena.catalog.InvalidCursor;
import arena.catalog.RunPage;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.lifecycle.RunQueries;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import arena.source.EventReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * In-memory stores with what reading needs. The broker is empty, so live runs are read from the
 * journal and archived runs from the archive.
 */
final class InMemoryStores implements Catalog, Broker, Journal, Archive {
  private final List<Run> runs = new ArrayList<>();
  private final Map<RunId, List<Event>> events = new HashMap<>();

  RunQueries reader() {
    return new RunQueries(this, new EventReader(this, this, () -> this), this, () -> this);
  }

  void add(Run run, List<Event> itsEvents) {
    runs.addFirst(run);
    events.put(run.runId(), itsEvents);
  }

  @Override
  public Optional<Run> find(RunId runId) {
    return runs.stream().filter(run -> run.runId().equals(runId)).findFirst();
  }

  /** A cursor is the page's offset in brackets, which a URL must escape. */
  @Override
  public RunPage list(Filter filter, int limit, Optional<String> cursor) {
    List<Run> listed = runs.stream().filter(filter::matches).toList();
    int from = cursor.map(InMemoryStores::position).orElse(0);
    int to = Math.min(listed.size(), from + limit);
    return new RunPage(
        listed.subList(from, to),
        to < listed.size() ? Optional.of("<" + to + ">") : Optional.empty());
  }

  private static int position(String cursor) {
    if (!cursor.matches("<[0-9]{1,3}>")) {
      throw new InvalidCursor();
    }
    return Integer.parseInt(cursor.substring(1, cursor.length() - 1));
  }

  @Override
  public Counters counters() {
    return new Counters(
        runs.stream().mapToLong(Run::nEvents).sum(),
        140,
        3,
        runs.stream().filter(run -> !run.status().ended()).count());
  }

  @Override
  public void countDeliveries(RunId runId, Deliveries deliveries) {
    throw unused();
  }

  @Override
  public Map<RunId, Presence> presence(List<RunId> runIds) {
    throw unused();
  }

  @Override
  public Page runs(Optional<String> after) {
    throw unused();
  }

  @Override
  public List<Envelope> read(RunId runId, long fromSeq, int maxEvents, int maxBytes) {
    throw new Overflow(runId, fromSeq, Long.MAX_VALUE);
  }

  @Override
  public List<Event> events(RunId runId, long fromSeq, int limit, int maxBytes) {
    return events.get(runId).stream().filter(event -> event.seq() >= fromSeq).limit(limit).toList();
  }

  @Override
  public List<Event> events(Run run, long fromSeq, int limit, int maxBytes) {
    return events(run.runId(), fromSeq, limit, maxBytes);
  }

  @Override
  public List<Point> series(Run run) {
    List<Point> points = new ArrayList<>();
    for (Event event : events.get(run.runId())) {
      if (PayloadCodec.read(event.payloadJson()) instanceof Payload.TurnStart(int t, var w)) {
        points.add(new Point(t, w.food(), w.wood(), w.gold(), w.stone(), w.population()));
      }
    }
    return points;
  }

  @Override
  public String address(Run run) {
    return "s3://bucket/" + run.runId();
  }

  @Override
  public List<Run> held(int limit) {
    throw unused();
  }

  @Override
  public boolean fail(RunId runId, Failure failure, Instant at) {
    throw unused();
  }

  @Override
  public boolean abandon(RunId runId, long nEvents, Failure failure, Instant at) {
    throw unused();
  }

  @Override
  public boolean markArchived(RunId runId, String dbPath, Run.Summary summary, Instant at) {
    throw unused();
  }

  @Override
  public void markDeparted(RunId runId, int t) {
    throw unused();
  }

  @Override
  public void markReleased(List<RunId> runIds) {
    throw unused();
  }

  @Override
  public void open(RunId runId, String label, Instant startedAt) {
    throw unused();
  }

  @Override
  public Published publish(RunId runId, List<Event> batch) {
    throw unused();
  }

  @Override
  public long restore(RunId runId, String label, Instant startedAt, long nextSeq) {
    throw unused();
  }

  @Override
  public void close(RunId runId) {
    throw unused();
  }

  @Override
  public Buffer buffer(RunId runId) {
    throw unused();
  }

  @Override
  public Set<RunId> drop(List<RunId> runIds) {
    throw unused();
  }

  @Override
  public void create(Run run, JournalEntry origin) {
    throw unused();
  }

  @Override
  public void append(JournalEntry entry) {
    throw unused();
  }

  @Override
  public List<JournalEntry> entries(RunId runId, long position, int limit) {
    throw unused();
  }

  @Override
  public Optional<Event> turnStart(RunId runId, int t) {
    throw unused();
  }

  @Override
  public List<Event> turnStarts(RunId runId, long fromSeq, int maxBytes) {
    return events.get(runId).stream()
        .filter(event -> event.seq() >= fromSeq && event.kind().equals("turn_start"))
        .toList();
  }

  @Override
  public void postponeModel(RunId runId, long position, Instant until) {
    throw unused();
  }

  @Override
  public void postponeExpiry(RunId runId) {
    throw unused();
  }

  @Override
  public String write(Run run, Iterable<Event> all) {
    throw unused();
  }

  @Override
  public Optional<Event> turnStart(Run run, int t) {
    throw unused();
  }

  @Override
  public Run.Summary summary(Run run) {
    throw unused();
  }

  private static AssertionError unused() {
    return new AssertionError("reading changes nothing");
  }
}
