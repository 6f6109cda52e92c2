package arena.source;

import arena.archive.Archive;
import arena.broker.Broker;
import arena.broker.BrokerUnavailable;
import arena.broker.Overflow;
import arena.codec.EnvelopeCodec;
import arena.codec.Utf8;
import arena.event.Event;
import arena.journal.Journal;
import arena.run.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A run's events, wherever they now are: the archive has every finalized run, the broker what is
 * live, the journal everything in between.
 */
public final class EventReader {
  private final Broker broker;
  private final Journal journal;
  private final Supplier<Archive> archive;

  /** Reads from these; the archive, whose engine is costly to start, only when it is needed. */
  public EventReader(Broker broker, Journal journal, Supplier<Archive> archive) {
    this.broker = broker;
    this.journal = journal;
    this.archive = archive;
  }

  /**
   * Envelopes in order, from this seq on.
   *
   * @param maxEvents most envelopes returned
   * @param maxBytes stops before passing this size, but returns at least one if there is one
   */
  public List<Broker.Envelope> envelopes(Run run, long fromSeq, int maxEvents, int maxBytes) {
    if (run.archived()) {
      return cut(archive.get().events(run, fromSeq, maxEvents), maxBytes);
    }
    if (fromSeq > run.nEvents()) {
      return List.of();
    }
    try {
      List<Broker.Envelope> live = broker.read(run.runId(), fromSeq, maxEvents, maxBytes);
      if (!live.isEmpty()) {
        return live;
      }
    } catch (Overflow | BrokerUnavailable _) {
      // The journal has it too.
    }
    return cut(journal.events(run.runId(), fromSeq, maxEvents), maxBytes);
  }

  /** Envelopes of an archived run; see {@link #envelopes}. */
  public List<Broker.Envelope> archived(Run run, long fromSeq, int maxEvents, int maxBytes) {
    return cut(archive.get().events(run, fromSeq, maxEvents), maxBytes);
  }

  /** The {@code turn_start} at turn {@code t}, if the run has one. */
  public Optional<Event> turnStart(Run run, int t) {
    return run.archived() ? archive.get().turnStart(run, t) : journal.turnStart(run.runId(), t);
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
