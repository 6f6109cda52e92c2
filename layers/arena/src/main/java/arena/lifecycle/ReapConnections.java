package arena.lifecycle;

import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.run.RunId;
import arena.stream.ConnectionSender;
import arena.stream.Connections;
import arena.stream.Disconnection;
import arena.stream.FanOutInvoker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes connections that closed without a disconnect event, with their subscriptions, and wakes
 * the fan-outs of pending subscriptions that were not adopted. Idle connections are found only
 * here; others already when a message to them fails. Safe to run concurrently, because connection
 * ids are never reused.
 */
public final class ReapConnections {
  private static final Logger LOG = LoggerFactory.getLogger(ReapConnections.class);

  /** Maximum number of pages of connections per run of the reaper. */
  private static final int MAX_PAGES = 1_000;

  /** Maximum number of API Gateway queries per run of the reaper. */
  private static final int MAX_QUERIES = 1_000;

  /** Maximum number of runs whose fan-out is invoked per run of the reaper. */
  private static final int MAX_WAKES = 1_000;

  /** Younger connections may not be open in API Gateway yet; they are stored before they open. */
  private static final Duration MIN_AGE = Duration.ofMinutes(2);

  /** Maximum lifetime of a connection plus a margin for clock skew. */
  private static final Duration MAX_AGE = Connections.MAX_DURATION.plusMinutes(5);

  private final Connections connections;
  private final Subscribers subscribers;
  private final ConnectionSender sender;
  private final FanOutInvoker fanOutInvoker;
  private final InstantSource clock;

  public ReapConnections(
      Connections connections,
      Subscribers subscribers,
      ConnectionSender sender,
      FanOutInvoker fanOutInvoker,
      InstantSource clock) {
    this.connections = connections;
    this.subscribers = subscribers;
    this.sender = sender;
    this.fanOutInvoker = fanOutInvoker;
    this.clock = clock;
  }

  /**
   * Checks every connection. A failure for one does not affect the others. Connections beyond
   * {@link #MAX_QUERIES} are found by a later run, at the latest by their age.
   *
   * @param deadline no further connection is checked after this time
   */
  public ReapReport reap(Instant deadline) {
    Pass pass = new Pass(deadline);
    pass.checkAll();
    pass.wakePending();
    return pass.log.report();
  }

  /** One check of all connections. */
  private final class Pass {
    private final Instant deadline;
    private final ReapLog log = new ReapLog(LOG);
    private final Set<RunId> pending = new LinkedHashSet<>();
    private int queries;

    private Pass(Instant deadline) {
      this.deadline = deadline;
    }

    private void checkAll() {
      Optional<String> next = Optional.empty();
      for (int pages = 0; pages < MAX_PAGES; pages++) {
        Connections.Page page = connections.page(next);
        for (Connections.Entry entry : page.entries()) {
          if (!clock.instant().isBefore(deadline)) {
            LOG.warn("reaper deadline reached; remaining connections not checked");
            return;
          }
          check(entry);
        }
        next = page.next();
        if (next.isEmpty()) {
          if (queries == MAX_QUERIES) {
            LOG.atWarn()
                .addKeyValue("limit", MAX_QUERIES)
                .log("reaper reached its limit of API Gateway queries");
          }
          return;
        }
      }
      LOG.atWarn()
          .addKeyValue("limit", MAX_PAGES)
          .log("reaper reached its limit of connection pages");
    }

    private void check(Connections.Entry entry) {
      Instant now = clock.instant();
      try {
        boolean query = queries < MAX_QUERIES && isOlder(entry, MIN_AGE, now);
        Optional<String> reason = reasonToDelete(entry, query, now);
        queries += query ? 1 : 0;
        if (reason.isPresent()) {
          Disconnection.cleanUp(entry.connectionId(), connections, subscribers);
          log.done(
              ReapAction.ofConnection(
                  ReapAction.Kind.CONNECTION_FORGOTTEN, entry.connectionId(), reason.get()));
        } else {
          pending.addAll(entry.pending());
        }
      } catch (RuntimeException e) {
        log.failed("failed to reap connection", "connection_id", entry.connectionId(), e);
      }
    }

    /** Wakes the fan-outs of runs with pending subscriptions, if the broker is back. */
    private void wakePending() {
      if (pending.isEmpty() || !subscribers.available()) {
        return;
      }
      int wakes = 0;
      for (RunId runId : pending) {
        if (++wakes > MAX_WAKES || !clock.instant().isBefore(deadline)) {
          LOG.warn("reaper limit reached; remaining pending subscriptions not adopted");
          return;
        }
        try {
          fanOutInvoker.wakeForPending(runId);
        } catch (RuntimeException e) {
          log.failed("fan-out wake-up failed", "run_id", runId, e);
        }
      }
    }
  }

  private Optional<String> reasonToDelete(Connections.Entry entry, boolean query, Instant now) {
    ConnectionId connectionId = entry.connectionId();
    if (entry.connectedAt().isEmpty()) {
      // the connection's own item may be on another page
      return connections.existing(Set.of(connectionId)).isEmpty()
          ? Optional.of("subscriptions without a connection")
          : Optional.empty();
    }
    if (isOlder(entry, MAX_AGE, now)) {
      return Optional.of(
          "exceeded the maximum connection age, connected at " + entry.connectedAt().get());
    }
    return query && sender.isGone(connectionId)
        ? Optional.of("closed in API Gateway")
        : Optional.empty();
  }

  private static boolean isOlder(Connections.Entry entry, Duration age, Instant now) {
    return entry.connectedAt().filter(at -> !at.plus(age).isAfter(now)).isPresent();
  }
}
