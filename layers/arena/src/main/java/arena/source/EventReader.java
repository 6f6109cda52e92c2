package arena.source;

import arena.archive.Archive;
import arena.broker.Broker;
import arena.broker.Overflow;
import arena.codec.EnvelopeCodec;
import arena.codec.Utf8;
import arena.error.DependencyUnavailable;
import arena.event.Event;
import arena.journal.Journal;
import arena.run.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads a run's events from the store that has them: the archive for finalized runs, the broker for
 * live events, otherwise the journal.
 */
public final class EventReader {
  /** A turn begins with {@code turn_start}, {@code observation}, {@code llm_prompt}. */
  private static final int RESPONSE_AFTER_START = 3;

  /** One event is read, however large it is. */
  private static final int ONE_EVENT = 1;

  private final Broker broker;
  private final Journal journal;
  private final Supplier<Archive> archive;

  /** The archive is created lazily, because its engine is costly to start. */
  public EventReader(Broker broker, Journal journal, Supplier<Archive> archive) {
    this.broker = broker;
    this.journal = journal;
    this.archive = archive;
  }

  /**
   * Reads envelopes in order, starting at {@code fromSeq}.
   *
   * @param maxEvents maximum number of envelopes
   * @param maxBytes maximum total size, except that one envelope is always returned
   */
  public List<Broker.Envelope> envelopes(Run run, long fromSeq, int maxEvents, int maxBytes) {
    if (run.archived()) {
      return cut(archive.get().events(run, fromSeq, maxEvents, maxBytes), maxBytes);
    }
    if (fromSeq > run.nEvents()) {
      return List.of();
    }
    try {
      List<Broker.Envelope> live = broker.read(run.runId(), fromSeq, maxEvents, maxBytes);
      if (!live.isEmpty()) {
        return live;
      }
    } catch (Overflow | DependencyUnavailable _) {
      // fall back to the journal
    }
    return cut(journal.events(run.runId(), fromSeq, maxEvents, maxBytes), maxBytes);
  }

  /** Reads envelopes of an archived run; see {@link #envelopes}. */
  public List<Broker.Envelope> archived(Run run, long fromSeq, int maxEvents, int maxBytes) {
    return cut(archive.get().events(run, fromSeq, maxEvents, maxBytes), maxBytes);
  }

  /** Reads envelopes of a run that is not archived from the journal; see {@link #envelopes}. */
  public List<Broker.Envelope> journaled(Run run, long fromSeq, int maxEvents, int maxBytes) {
    return cut(journal.events(run.runId(), fromSeq, maxEvents, maxBytes), maxBytes);
  }

  /** Reads the {@code turn_start} at turn {@code t}, if it exists. */
  public Optional<Event> turnStart(Run run, int t) {
    return run.archived() ? archive.get().turnStart(run, t) : journal.turnStart(run.runId(), t);
  }

  /** Reads the {@code llm_response} of turn {@code t}, if the turn has been played. */
  public Optional<Event> response(Run run, int t) {
    return turnStart(run, t).flatMap(start -> response(run, start.seq() + RESPONSE_AFTER_START));
  }

  private Optional<Event> response(Run run, long seq) {
    List<Event> found =
        run.archived()
            ? archive.get().events(run, seq, 1, ONE_EVENT)
            : journal.events(run.runId(), seq, 1, ONE_EVENT);
    return found.stream()
        .filter(event -> event.seq() == seq)
        .filter(event -> event.kind().equals("llm_response"))
        .findFirst();
  }

  private static List<Broker.Envelope> cut(List<Event> events, int maxBytes) {
    List<Broker.Envelope> envelopes = new ArrayList<>(events.size());
    long bytes = 0;
    for (Event event : events) {
      String json = EnvelopeCodec.write(event);
      bytes += Utf8.length(json);
      if (bytes > maxBytes && !envelopes.isEmpty()) {
        break;
      }
      envelopes.add(new Broker.Envelope(event.seq(), json));
    }
    return envelopes;
  }
}
