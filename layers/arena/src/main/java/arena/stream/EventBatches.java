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
import org.jspecify.annotations.Nullable;

/**
 * The pending messages of one run by seq. Each message is created once and shared by all readers
 * with the same cursor. Thread-safe.
 */
final class EventBatches {
  /**
   * Maximum total size of a message's envelopes, in bytes, so that the message fits into a
   * WebSocket frame of API Gateway (32 KB).
   */
  static final int MESSAGE_BYTES = 31 * 1024;

  /**
   * Maximum size of an inline envelope, in bytes, so that the message fits API Gateway's limit of
   * 128 KB; larger payloads are sent as a link.
   */
  static final int ENVELOPE_BYTES = 127 * 1024;

  /** Maximum number of events per message; bounds the size of the separators. */
  private static final int MESSAGE_EVENTS = 500;

  private final Run run;
  private final boolean ended;
  private final Stores stores;
  private final Map<Long, Shared> shared = new ConcurrentHashMap<>();

  /**
   * @param ended whether all events are archived and none will be published
   */
  EventBatches(Run run, boolean ended, Stores stores) {
    this.run = run;
    this.ended = ended;
    this.stores = stores;
  }

  /** The sources of envelopes and payload links. */
  record Stores(Broker broker, EventReader source, PayloadLinks links, TaskRunner tasks) {}

  /** What to send next to a reader. */
  sealed interface Batch {
    /**
     * A message with events.
     *
     * @param nextSeq the seq after its last event
     * @param newest when its last event was published
     */
    record Events(String message, long nextSeq, Instant newest) implements Batch {}

    /** The buffer has dropped the requested seq. */
    record Overflowed(long availableFrom) implements Batch {}

    /** The run has ended and all events were sent. */
    record Ended() implements Batch {}

    /** Nothing is pending. */
    record Nothing() implements Batch {}
  }

  /** Returns what to send from a seq on. */
  Batch from(long seq) {
    return shared
        .computeIfAbsent(seq, _ -> new Shared(stores.tasks().lock()))
        .get(() -> create(seq));
  }

  private interface BatchFactory {
    Batch create();
  }

  private static final class Shared {
    private final Lock lock;
    private @Nullable Batch batch;

    private Shared(Lock lock) {
      this.lock = lock;
    }

    private Batch get(BatchFactory factory) {
      lock.lock();
      try {
        if (batch == null) {
          batch = factory.create();
        }
        return batch;
      } finally {
        lock.unlock();
      }
    }
  }

  private Batch create(long from) {
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
        ServerMessages.events(run.runId(), fitToLimit(envelopes)), last.seq() + 1, last.ts());
  }

  /** Replaces the payload of a single large event by a link. */
  private List<Broker.Envelope> fitToLimit(List<Broker.Envelope> envelopes) {
    Broker.Envelope first = envelopes.getFirst();
    if (envelopes.size() > 1 || Utf8.length(first.json()) <= ENVELOPE_BYTES) {
      return envelopes;
    }
    Event event = EnvelopeCodec.read(first.json());
    String reference = EnvelopeCodec.writeReference(event, stores.links().link(event));
    return List.of(new Broker.Envelope(first.seq(), reference));
  }
}
