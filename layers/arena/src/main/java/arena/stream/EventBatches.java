package arena.stream;

import arena.broker.Broker;
import arena.broker.Overflow;
import arena.catalog.Catalog;
import arena.codec.EnvelopeCodec;
import arena.codec.Utf8;
import arena.event.Event;
import arena.run.Run;
import arena.run.RunStatus;
import arena.source.EventReader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The pending messages of one run by seq, during one fan-out. Each message is created once and
 * shared by all readers that reach its first event, as long as the {@linkplain MessageCache cache}
 * keeps it. Thread-safe.
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

  /** Maximum size and number of events of one read, which is divided into messages. */
  private static final int READ_BYTES = 8 * MESSAGE_BYTES;

  private static final int READ_EVENTS = 2 * MESSAGE_EVENTS;

  /**
   * Maximum size of one read of the archive, in bytes. It is larger, because each read of a large
   * run decompresses about 16 MB.
   */
  private static final int ARCHIVE_READ_BYTES = 32 * MESSAGE_BYTES;

  private final Stores stores;
  private final MessageCache cache = new MessageCache();
  private final Map<Long, Shared> inProgress = new ConcurrentHashMap<>();
  private volatile State state;

  EventBatches(Run run, Stores stores) {
    this.stores = stores;
    this.state = new State(run, 0);
  }

  /** The sources of envelopes and payload links. */
  record Stores(
      Broker broker, Catalog catalog, EventReader source, PayloadLinks links, TaskRunner tasks) {}

  /**
   * The run as of the last update.
   *
   * @param lastSeq last seq in the broker
   */
  private record State(Run run, long lastSeq) {
    /** Whether all events are archived and none will be published. */
    private boolean ended() {
      return run.archived();
    }

    /** The last seq to send. */
    private long last() {
      return ended() ? run.nEvents() : lastSeq;
    }
  }

  /** Sets the state of the run, and the last seq to send while it has not ended. */
  void update(Run run, long lastSeq) {
    state = new State(run, lastSeq);
  }

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
    record Ended(RunStatus status, long lastSeq) implements Batch {}

    /** Nothing is pending. */
    record Nothing() implements Batch {}
  }

  /** Returns what to send from a seq on. */
  Batch from(long seq) {
    State now = state;
    if (now.ended() && seq > now.run().nEvents()) {
      return new Batch.Ended(now.run().status(), now.run().nEvents());
    }
    if (!now.ended() && seq > now.lastSeq()) {
      return new Batch.Nothing();
    }
    Batch.Events cached = cache.get(seq);
    if (cached != null) {
      return cached;
    }
    Shared shared = inProgress.computeIfAbsent(seq, _ -> new Shared(stores.tasks().lock()));
    try {
      return shared.get(() -> create(now, seq));
    } finally {
      inProgress.remove(seq, shared);
    }
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

  private Batch create(State now, long from) {
    Batch.Events cached = cache.get(from); // created since the caller looked
    if (cached != null) {
      return cached;
    }
    List<Broker.Envelope> envelopes;
    Optional<Overflow> overflow = Optional.empty();
    try {
      envelopes = stores.broker().read(now.run().runId(), from, READ_EVENTS, READ_BYTES);
    } catch (Overflow e) {
      envelopes = List.of();
      overflow = Optional.of(e);
    }
    if (envelopes.isEmpty() && now.ended()) {
      envelopes = stores.source().archived(now.run(), from, READ_EVENTS, ARCHIVE_READ_BYTES);
    } else if (envelopes.isEmpty()) {
      if (overflow.isPresent()) {
        // A broker that lost events may also have a wrong last seq.
        long last = lastWritten(now.run());
        if (from <= last - stores.broker().capacity()) {
          return new Batch.Overflowed(Math.min(overflow.get().availableFrom(), last + 1));
        }
      }
      // The broker lost events that it should still have.
      envelopes = stores.source().journaled(now.run(), from, READ_EVENTS, READ_BYTES);
    }
    return envelopes.isEmpty() ? new Batch.Nothing() : divide(now, envelopes);
  }

  private long lastWritten(Run run) {
    return stores.catalog().find(run.runId()).map(Run::nEvents).orElse(0L);
  }

  /**
   * Divides envelopes into messages. Keeps them in the cache up to one that the cache already has,
   * so that readers from different events on reach the same messages.
   *
   * @return the first message
   */
  private Batch divide(State now, List<Broker.Envelope> envelopes) {
    Batch.Events first = null;
    int begin = 0;
    while (begin < envelopes.size()) {
      long from = envelopes.get(begin).seq();
      long nextShared = cache.nextFull(from);
      int end = begin + 1;
      long bytes = Utf8.length(envelopes.get(begin).json());
      boolean full = bytes > MESSAGE_BYTES;
      while (!full && end < envelopes.size() && envelopes.get(end).seq() != nextShared) {
        bytes += Utf8.length(envelopes.get(end).json());
        full = bytes > MESSAGE_BYTES || end - begin == MESSAGE_EVENTS;
        end += full ? 0 : 1;
      }
      boolean cutByRead =
          !full && end == envelopes.size() && envelopes.get(end - 1).seq() < now.last();
      if (cutByRead && first != null) {
        break; // the next read has it with the events that follow
      }
      List<Broker.Envelope> message = envelopes.subList(begin, end);
      if (isTooLarge(message)) {
        // its link expires, so it is not kept
        return first == null ? events(now, List.of(withLink(message.getFirst()))) : first;
      }
      Batch.Events batch = events(now, message);
      cache.put(from, batch, full);
      first = first == null ? batch : first;
      if (batch.nextSeq() == nextShared) {
        break;
      }
      begin = end;
    }
    return Objects.requireNonNull(first);
  }

  private static Batch.Events events(State now, List<Broker.Envelope> envelopes) {
    Broker.Envelope last = envelopes.getLast();
    return new Batch.Events(
        ServerMessages.events(now.run().runId(), envelopes), last.seq() + 1, last.ts());
  }

  private static boolean isTooLarge(List<Broker.Envelope> message) {
    return message.size() == 1 && Utf8.length(message.getFirst().json()) > ENVELOPE_BYTES;
  }

  /** Replaces the payload of a large event by a link. */
  private Broker.Envelope withLink(Broker.Envelope envelope) {
    Event event = EnvelopeCodec.read(envelope.json());
    String reference = EnvelopeCodec.writeReference(event, stores.links().link(event));
    return new Broker.Envelope(envelope.seq(), reference);
  }
}
