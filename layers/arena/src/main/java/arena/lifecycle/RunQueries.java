package arena.lifecycle;

import arena.archive.Archive;
import arena.broker.Broker;
import arena.catalog.Catalog;
import arena.catalog.Counters;
import arena.catalog.RunPage;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.journal.Journal;
import arena.run.Limits;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.run.UnknownRun;
import arena.source.EventReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Read-only queries over runs. */
public final class RunQueries {
  private final Catalog catalog;
  private final EventReader source;
  private final Journal journal;
  private final Supplier<Archive> archive;

  public RunQueries(
      Catalog catalog, EventReader source, Journal journal, Supplier<Archive> archive) {
    this.catalog = catalog;
    this.source = source;
    this.journal = journal;
    this.archive = archive;
  }

  /**
   * A page of a run's events.
   *
   * @param envelopes in order
   * @param next the next {@code from_seq}; empty if the run has ended and the page contains its
   *     last event
   */
  public record EventPage(List<Broker.Envelope> envelopes, OptionalLong next, RunStatus status) {}

  /**
   * Returns a run.
   *
   * @throws UnknownRun if it does not exist
   */
  public Run run(RunId runId) {
    return catalog.find(runId).orElseThrow(() -> new UnknownRun(runId));
  }

  /** Lists runs, newest first; see {@link Catalog#list}. */
  public RunPage list(Catalog.Filter filter, int limit, Optional<String> cursor) {
    return catalog.list(filter, limit, cursor);
  }

  /**
   * Reads a page of events.
   *
   * @param fromSeq first seq, at least 1
   * @param maxBytes maximum size of the page
   */
  public EventPage events(RunId runId, long fromSeq, int limit, int maxBytes) {
    Run run = run(runId);
    List<Broker.Envelope> envelopes = source.envelopes(run, fromSeq, limit, maxBytes);
    long next = envelopes.isEmpty() ? fromSeq : envelopes.getLast().seq() + 1;
    boolean last = run.status().ended() && next > run.nEvents();
    return new EventPage(
        envelopes, last ? OptionalLong.empty() : OptionalLong.of(next), run.status());
  }

  /** Reads one point per {@code turn_start}, in order. */
  public List<Archive.Point> series(Run run) {
    if (run.archived()) {
      return archive.get().series(run);
    }
    List<Archive.Point> points = new ArrayList<>();
    List<Event> page = journal.turnStarts(run.runId(), 1, Journal.PAGE_BYTES);
    while (!page.isEmpty() && points.size() <= Limits.MAX_TURNS) {
      for (Event event : page) {
        if (PayloadCodec.read(event.payloadJson()) instanceof Payload.TurnStart(int t, var w)) {
          points.add(new Archive.Point(t, w.food(), w.wood(), w.gold(), w.stone(), w.population()));
        }
      }
      page = journal.turnStarts(run.runId(), page.getLast().seq() + 1, Journal.PAGE_BYTES);
    }
    return points;
  }

  /** Reads the four counters. */
  public Counters metrics() {
    return catalog.counters();
  }
}
