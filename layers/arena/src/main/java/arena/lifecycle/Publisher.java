package arena.lifecycle;

import arena.broker.Broker;
import arena.broker.BrokerUnavailable;
import arena.broker.Gap;
import arena.broker.NotOpen;
import arena.catalog.Catalog;
import arena.event.Event;
import arena.journal.Journal;
import arena.run.Run;
import arena.run.RunNotRunning;
import arena.run.RunStatus;
import arena.stream.FanOutInvoker;
import arena.stream.NotifierUnavailable;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what the journal already has. When the broker has lost a running run, in whole or in
 * part, it is filled again from the journal, and readers go on.
 */
public final class Publisher {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private static final int ATTEMPTS = 3;

  private final Broker broker;
  private final Journal journal;
  private final Catalog catalog;
  private final FanOutInvoker fanOutInvoker;

  /** Publishes to this broker. */
  public Publisher(Broker broker, Journal journal, Catalog catalog, FanOutInvoker fanOutInvoker) {
    this.broker = broker;
    this.journal = journal;
    this.catalog = catalog;
    this.fanOutInvoker = fanOutInvoker;
  }

  /**
   * Publishes events that are in the journal; those that the broker has already are left out.
   *
   * @throws RunNotRunning if the broker does not take them because the run is over
   * @throws BrokerUnavailable also if it loses the run as often as it is filled
   * @throws Gap if events are missing between it and these, though it was filled
   */
  public void publish(String runId, List<Event> events) {
    RuntimeException refused = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        if (refused != null) {
          refillRunning(runId);
        }
        send(runId, events);
        return;
      } catch (NotOpen | Gap e) {
        refused = e;
      }
    }
    if (refused instanceof Gap) {
      throw refused; // behind a refill it may be ours, and is not passed off as the broker's
    }
    throw new BrokerUnavailable(
        String.format(
            Locale.ROOT, "the broker lost run %s in each of %d attempts", runId, ATTEMPTS),
        refused);
  }

  private void refillRunning(String runId) {
    refill(requireRunning(runId));
    try {
      requireRunning(runId);
    } catch (RunNotRunning e) {
      // It ended, and may have been closed, just before it was opened anew: its end stands. One
      // that is not archived yet is closed once it is.
      if (catalog.find(runId).filter(Run::archived).isPresent()) {
        broker.close(runId);
        wake(runId);
      }
      throw e;
    }
  }

  private Run requireRunning(String runId) {
    return catalog
        .find(runId)
        .filter(run -> run.status() == RunStatus.RUNNING)
        .orElseThrow(() -> new RunNotRunning(runId));
  }

  /**
   * Publishes whatever the journal has of this archived run and the broker has not, if the broker
   * knows the run at all: what it has lost, or is closed to, is read from the archive.
   */
  public void catchUp(Run run) {
    Broker.Buffer buffer = broker.buffer(run.runId());
    boolean known = buffer.open() || buffer.lastSeq() > 0;
    if (known && buffer.lastSeq() < run.nEvents()) {
      try {
        refill(run);
      } catch (NotOpen | Gap e) {
        LOG.warn("another has closed the run meanwhile, or the broker has lost it again", e);
      }
    }
  }

  private void refill(Run run) {
    long last = run.nEvents();
    long oldestKept = Math.max(1, last - Broker.BUFFER_EVENTS + 1);
    long next = broker.restore(run.runId(), run.label(), run.createdAt(), oldestKept);
    while (next <= last) {
      List<Event> events = journal.events(run.runId(), next, Broker.MAX_BATCH);
      if (events.isEmpty()) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "run %s: the catalog counts %d events, the journal has none at seq %d",
                run.runId(),
                last,
                next));
      }
      send(run.runId(), events);
      next = events.getLast().seq() + 1;
    }
  }

  private void send(String runId, List<Event> events) {
    if (events.isEmpty()) {
      return;
    }
    if (broker.publish(runId, events).wake()) {
      wake(runId);
    }
  }

  private void wake(String runId) {
    try {
      fanOutInvoker.wake(runId);
    } catch (NotifierUnavailable e) {
      // Readers never slow the producer: the events are kept, and the next publish wakes them.
      LOG.warn("readers are not told now", e);
    }
  }
}
