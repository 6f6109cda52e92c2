package arena.lifecycle;

import arena.broker.Broker;
import arena.broker.Gap;
import arena.broker.NotOpen;
import arena.broker.Overflow;
import arena.catalog.Catalog;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.error.ErrorKind;
import arena.event.Event;
import arena.journal.Journal;
import arena.metrics.Metric;
import arena.metrics.Metrics;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunNotRunning;
import arena.run.RunStatus;
import arena.stream.FanOutInvoker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes journaled events to the broker. If the broker lost data of a running run, refills it
 * from the journal.
 *
 * <p>A run does not depend on the broker: while it cannot be reached or contradicts itself, the
 * events stay in the journal, and a later publish brings the broker up to date.
 */
public final class Publisher {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private static final int ATTEMPTS = 3;

  /** Maximum duration of a refill; the next publish continues it. */
  private static final Duration REFILL_TIME = Duration.ofSeconds(2);

  /** Maximum total payload per call of the broker, except that one event is always sent. */
  private static final int MAX_CALL_CHARS = 2_000_000;

  private final Broker broker;
  private final Journal journal;
  private final Catalog catalog;
  private final FanOutInvoker fanOutInvoker;
  private final InstantSource clock;
  private final Metrics metrics;

  public Publisher(
      Broker broker,
      Journal journal,
      Catalog catalog,
      FanOutInvoker fanOutInvoker,
      InstantSource clock,
      Metrics metrics) {
    this.broker = broker;
    this.journal = journal;
    this.catalog = catalog;
    this.fanOutInvoker = fanOutInvoker;
    this.clock = clock;
    this.metrics = metrics;
  }

  /**
   * Publishes events from the journal; the broker ignores those that it already has. When the
   * broker falls behind, the fan-out is woken to notify the readers.
   *
   * @param behind whether the broker was behind the journal after the run's previous publish
   * @return whether it is behind now
   * @throws RunNotRunning if the run has ended
   * @throws DependencyUnavailable if the broker lost data and the catalog or the journal cannot be
   *     read
   */
  public boolean publish(RunId runId, List<Event> events, boolean behind) {
    if (events.isEmpty()) {
      return behind;
    }
    try {
      if (refillingIfLost(runId, events)) {
        if (behind) {
          LOG.info("broker is up to date again");
        }
        return false;
      }
    } catch (DependencyUnavailable e) {
      if (e.dependency() != Dependency.BROKER) {
        throw e;
      }
      metrics.count(Metric.ERRORS, ErrorKind.BROKER_UNAVAILABLE);
      if (!behind) {
        LOG.atWarn()
            .addKeyValue("cause", ErrorKind.BROKER_UNAVAILABLE.label())
            .setCause(e)
            .log("broker unavailable; run continues without it");
      }
    }
    if (!behind) {
      wake(runId);
    }
    return true;
  }

  /** Whether the broker has the last of these events; false if it is unavailable. */
  boolean isPublished(RunId runId, List<Event> events) {
    try {
      return !broker.read(runId, events.getLast().seq(), 1, 1).isEmpty();
    } catch (Overflow | DependencyUnavailable _) {
      return false;
    }
  }

  /** Returns whether the broker has the events; false if it needs a further refill. */
  private boolean refillingIfLost(RunId runId, List<Event> events) {
    RuntimeException rejection = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        if (rejection != null && !refillRunning(runId)) {
          return false;
        }
        send(runId, events);
        return true;
      } catch (NotOpen | Gap e) {
        rejection = e;
      }
    }
    throw Dependency.BROKER.unavailable(
        String.format(
            Locale.ROOT, "the broker lost run %s in each of %d attempts", runId, ATTEMPTS),
        rejection);
  }

  /** Returns whether the refill is complete. */
  private boolean refillRunning(RunId runId) {
    boolean complete = refill(requireRunning(runId));
    try {
      requireRunning(runId);
    } catch (RunNotRunning e) {
      // The run ended concurrently, and the refill may have reopened it after its close: close it
      // again. A run that is not archived yet is closed after its finalization.
      if (catalog.find(runId).filter(Run::archived).isPresent()) {
        broker.close(runId);
        wake(runId);
      }
      throw e;
    }
    return complete;
  }

  private Run requireRunning(RunId runId) {
    return catalog
        .find(runId)
        .filter(run -> run.status() == RunStatus.RUNNING)
        .orElseThrow(() -> new RunNotRunning(runId));
  }

  private boolean refill(Run run) {
    Instant deadline = clock.instant().plus(REFILL_TIME);
    long last = run.nEvents();
    long oldestKept = Math.max(1, last - Broker.BUFFER_EVENTS + 1);
    long next = broker.restore(run.runId(), run.label(), run.createdAt(), oldestKept);
    while (next <= last) {
      if (!clock.instant().isBefore(deadline)) {
        LOG.atInfo().addKeyValue("seq", next).log("refill of the broker continues later");
        return false;
      }
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
    return true;
  }

  private void send(RunId runId, List<Event> events) {
    boolean wake = false;
    int from = 0;
    while (from < events.size()) {
      int to = endOfCall(events, from);
      wake |= broker.publish(runId, events.subList(from, to)).wake();
      from = to;
    }
    if (wake) {
      wake(runId);
    }
  }

  private static int endOfCall(List<Event> events, int from) {
    long chars = events.get(from).payloadJson().length();
    int to = from + 1;
    while (to < events.size()
        && (chars += events.get(to).payloadJson().length()) <= MAX_CALL_CHARS) {
      to++;
    }
    return to;
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
