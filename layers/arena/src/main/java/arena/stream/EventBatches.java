package arena.stream;

import arena.broker.Broker;
import arena.broker.Overflow;
import arena.codec.EnvelopeCodec;
import arena.codec.Utf8;
import arena.event.Event;
import arena.run.Run;
import arena.source.EventReader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;

/**
 * What there is to send of one run to readers, wherever each of them is. A message is made once, by
 * the first who needs it: readers at the same place share it, and the others wait for it.
 */
final class EventBatches {
  /**
   * Most bytes of envelopes in a message of several: with what stands around and between them it
   * fits one WebSocket frame of API Gateway, 32 KB.
   */
  static final int MESSAGE_BYTES = 31 * 1024;

  /**
   * Largest envelope that is sent as it is, in bytes; a larger one goes by reference. API Gateway's
   * messages are at most 128 KB, with what stands around the envelope.
   */
  static final int ENVELOPE_BYTES = 127 * 1024;

  /** So that the commas fit as well. */
  private static final int MESSAGE_EVENTS = 500;

  private final Run run;
  private final boolean ended;
  private final Stores stores;
  private final Map<Long, Shared> shared = new ConcurrentHashMap<>();

  /**
   * None made yet, for a run as it is now.
   *
   * @param ended whether everything is in the archive, and nothing more will be published
   */
  EventBatches(Run run, boolean ended, Stores stores) {
    this.run = run;
    this.ended = ended;
    this.stores = stores;
  }

  /** Where envelopes come from, and what replaces those that are too large to be sent. */
  record Stores(Broker broker, EventReader source, PayloadLinks links, TaskRunner tasks) {}

  /** What there is to send from some seq on. */
  sealed interface Batch {
    /**
     * A message.
     *
     * @param nextSeq the number that follows its last event's
     * @param newest when its last event was published
     */
    record Events(String message, long nextSeq, Instant newest) implements Batch {}

    /** The buffer begins later; so much is to be said. */
    record Overflowed(long availableFrom) implements Batch {}

    /** Everything was sent, and nothing more comes. */
    record Ended() implements Batch {}

    /** Nothing now. */
    record Nothing() implements Batch {}
  }

  /** What there is from this seq on. */
  Batch from(long seq) {
    return shared.computeIfAbsent(seq, _ -> new Shared(stores.tasks().lock())).get(() -> make(seq));
  }

  private interface Making {
    Batch make();
  }

  private static final class Shared {
    private final Lock lock;
    private Batch batch;

    private Shared(Lock lock) {
      this.lock = lock;
    }

    private Batch get(Making making) {
      lock.lock();
      try {
        if (batch == null) {
          batch = making.make();
        }
        return batch;
      } finally {
        lock.unlock();
      }
    }
  }

  private Batch make(long from) {
    List<Broker.Envelope> envelopes;
    try {
      envelopes = stores.broker().read(run.runId(), from, MESSAGE_EVENTS, MESSAGE_BYTES);
    } catch (Overflow overflow) {
      if (!ended) {
        return new Batch.Overflowed(overflow.availableFrom());
      }
      envelopes = List.of();
    }
    if (envelopes.isEmpty() && ended) {
      if (from > run.nEvents()) {
        return new Batch.Ended();
      }
      envelopes = stores.source().archived(run, from, MESSAGE_EVENTS, MESSAGE_BYTES);
    }
    if (envelopes.isEmpty()) {
      return new Batch.Nothing();
    }
    Broker.Envelope last = envelopes.getLast();
    return new Batch.Events(
        ServerMessages.events(run.runId(), small(envelopes)), last.seq() + 1, last.ts());
  }

  /** A message that is too large holds one event alone; its payload is replaced by a link. */
  private List<Broker.Envelope> small(List<Broker.Envelope> envelopes) {
    Broker.Envelope only = envelopes.getFirst();
    if (envelopes.size() > 1 || Utf8.length(only.json()) <= ENVELOPE_BYTES) {
      return envelopes;
    }
    Event event = EnvelopeCodec.read(only.json());
    String reference = EnvelopeCodec.writeReference(event, stores.links().link(event));
    return List.of(new Broker.Envelope(only.seq(), reference));
  }
}
