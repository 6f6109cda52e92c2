package arena.stream;

import arena.catalog.Catalog;
import arena.catalog.Catalog.Deliveries;
import arena.error.DependencyUnavailable;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the deliveries of one fan-out, and adds them to the catalog's counters in batches. A batch
 * whose outcome is unknown is sent again under the same id, so it is not counted twice; the counts
 * of a fan-out that dies between two batches are lost. Thread-safe.
 */
final class DeliveryCounter {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryCounter.class);

  /** Time between batches while the fan-out runs; limits what is lost if it dies. */
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  /** Minimum time between batches. */
  private static final Duration MIN_INTERVAL = Duration.ofMillis(100);

  private static final int LAST_ATTEMPTS = 2;

  private final RunId runId;
  private final Catalog catalog;
  private final InstantSource clock;
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();

  /** Held by the thread that sends a batch; the others do not wait. */
  private final AtomicBoolean sending = new AtomicBoolean();

  // changed only while sending
  private volatile Instant sentAt = Instant.MIN;
  private long sentEvents;
  private long sentDropped;
  private @Nullable Deliveries unconfirmed;

  DeliveryCounter(RunId runId, Catalog catalog, InstantSource clock) {
    this.runId = runId;
    this.catalog = catalog;
    this.clock = clock;
  }

  void addEvents(long count) {
    events.addAndGet(count);
  }

  void addDropped() {
    dropped.incrementAndGet();
  }

  /** The number of events sent and streams dropped by this fan-out. */
  FanOut.Result total() {
    return new FanOut.Result(events.get(), dropped.get());
  }

  /** Sends a batch if the last one was a while ago. */
  void sendPeriodically() {
    sendAfter(INTERVAL);
  }

  /** Sends a batch unless one was sent just now. */
  void send() {
    sendAfter(MIN_INTERVAL);
  }

  /** Sends everything that was counted. */
  void sendAll() {
    for (int attempt = 0; attempt < LAST_ATTEMPTS; attempt++) {
      if (sendAfter(Duration.ZERO)) {
        return;
      }
    }
  }

  /** Returns false if a batch could not be sent or another thread sends one. */
  private boolean sendAfter(Duration interval) {
    Instant now = clock.instant();
    if (sentAt.isAfter(now.minus(interval))) {
      return true;
    }
    if (!sending.compareAndSet(false, true)) {
      return false;
    }
    try {
      sentAt = now;
      for (Deliveries next = next(); next != null; next = next()) {
        unconfirmed = next;
        catalog.countDeliveries(runId, next);
        sentEvents += next.eventsStreamed();
        sentDropped += next.streamsDropped();
        unconfirmed = null;
      }
      return true;
    } catch (DependencyUnavailable e) {
      LOG.atWarn().addKeyValue("run_id", runId).setCause(e).log("failed to count deliveries");
      return false;
    } finally {
      sending.set(false);
    }
  }

  /** The batch to send now; null if everything is counted. */
  private @Nullable Deliveries next() {
    if (unconfirmed != null) {
      return unconfirmed;
    }
    long newEvents = events.get() - sentEvents;
    long newDropped = dropped.get() - sentDropped;
    return newEvents == 0 && newDropped == 0
        ? null
        : new Deliveries(UUID.randomUUID().toString(), newEvents, newDropped);
  }
}
