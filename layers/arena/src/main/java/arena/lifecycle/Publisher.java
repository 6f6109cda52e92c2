package arena.lifecycle;

import arena.broker.Broker;
import arena.broker.Gap;
import arena.broker.NotOpen;
import arena.catalog.Catalog;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.event.Event;
import arena.journal.Journal;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunNotRunning;
import arena.run.RunStatus;
import arena.stream.FanOutInvoker;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes journaled events to the broker. If the broker lost data of a running run, refills it
 * from the journal.
 */
public final class Publisher {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private static final int ATTEMPTS = 3;

  private final Broker broker;
  private final Journal journal;
  private final Catalog catalog;
  private final FanOutInvoker fanOutInvoker;

  public Publisher(Broker broker, Journal journal, Catalog catalog, FanOutInvoker fanOutInvoker) {
    this.broker = broker;
    this.journal = journal;
    this.catalog = catalog;
    this.fanOutInvoker = fanOutInvoker;
  }

  /**
   * Publishes events from the journal; the broker ignores those that it already has.
   *
   * @throws RunNotRunning if the run has ended
   * @throws DependencyUnavailable also if the broker loses the run after every refill
   * @throws Gap if the events do not follow the broker's last event even after a refill
   */
  public void publish(RunId runId, List<Event> events) {
    RuntimeException rejection = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        if (rejection != null) {
          refillRunning(runId);
        }
        send(runId, events);
        return;
      } catch (NotOpen | Gap e) {
        rejection = e;
      }
    }
    if (rejection instanceof Gap) {
      throw rejection; // after a refill this is not a broker failure
    }
    throw Dependency.BROKER.unavailable(
        String.format(
            Locale.ROOT, "the broker lost run %s in each of %d attempts", runId, ATTEMPTS),
        rejection);
  }

  private void refillRunning(RunId runId) {
    refill(requireRunning(runId));
    try {
      requireRunning(runId);
    } catch (RunNotRunning e) {
      // The run ended concurrently, and the refill may have reopened it after its close: close it
      // again. A run that is not archived yet is closed by its finalization.
      if (catalog.find(runId).filter(Run::archived).isPresent()) {
        broker.close(runId);
        wake(runId);
      }
      throw e;
    }
  }

  private Run requireRunning(RunId runId) {
    return catalog
        .find(runId)
        .filter(run -> run.status() == RunStatus.RUNNING)
        .orElseThrow(() -> new RunNotRunning(runId));
  }

  /**
   * Publishes the remaining events of an archived run, if the broker has data of the run. Otherwise
   * readers are served from the archive.
   */
  public void catchUp(Run run) {
    Broker.Buffer buffer = broker.buffer(run.runId());
    boolean known = buffer.open() || buffer.lastSeq() > 0;
    if (known && buffer.lastSeq() < run.nEvents()) {
      try {
        refill(run);
      } catch (NotOpen | Gap e) {
        LOG.warn("catch-up publish failed", e);
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
                "run %s: the catalog has %d events, the journal has none at seq %d",
                run.runId(),
                last,
                next));
      }
      send(run.runId(), events);
      next = events.getLast().seq() + 1;
    }
  }

  private void send(RunId runId, List<Event> events) {
    if (events.isEmpty()) {
      return;
    }
    if (broker.publish(runId, events).wake()) {
      wake(runId);
    }
  }

  private void wake(RunId runId) {
    try {
      fanOutInvoker.wake(runId);
    } catch (DependencyUnavailable e) {
      // Not fatal: the events are stored, and the next publish wakes the fan-out.
      LOG.warn("fan-out wake-up failed", e);
    }
  }
}
