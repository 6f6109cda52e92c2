package arena.lifecycle;

import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.stream.ConnectionSender;
import arena.stream.Connections;
import arena.stream.Disconnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes connections that closed without a disconnect event, with their subscriptions. Idle
 * connections are found only here; others already when a message to them fails. Safe to run
 * concurrently, because connection ids are never reused.
 */
public final class ReapConnections {
  private static final Logger LOG = LoggerFactory.getLogger(ReapConnections.class);

  /** Maximum number of pages of connections per run of the reaper. */
  private static final int MAX_PAGES = 1_000;

  /** Maximum number of API Gateway queries per run of the reaper. */
  private static final int MAX_QUERIES = 1_000;

  /** Younger connections may not be open in API Gateway yet; they are stored before they open. */
  private static final Duration MIN_AGE = Duration.ofMinutes(2);

  /** Maximum lifetime of a connection plus a margin for clock skew. */
  private static final Duration MAX_AGE = Connections.MAX_DURATION.plusMinutes(5);

  private final Connections connections;
  private final Subscribers subscribers;
  private final ConnectionSender sender;
  private final InstantSource clock;

  public ReapConnections(
      Connections connections,
      Subscribers subscribers,
      ConnectionSender sender,
      InstantSource clock) {
    this.connections = connections;
    this.subscribers = subscribers;
    this.sender = sender;
    this.clock = clock;
  }

  /**
   * Checks every connection. A failure for one does not affect the others. Connections beyond
   * {@link #MAX_QUERIES} are found by a later run, at the latest by their age.
   *
   * @param deadline no further connection is checked after this time
   */
  public ReapReport reap(Instant deadline) {
    List<ReapAction> reaped = new ArrayList<>();
    int failed = 0;
    int queries = 0;
    Optional<String> next = Optional.empty();
    for (int pages = 0; pages < MAX_PAGES; pages++) {
      Connections.Page page = connections.page(next);
      for (Connections.Entry entry : page.entries()) {
        Instant now = clock.instant();
        if (!now.isBefore(deadline)) {
          LOG.warn("reaper deadline reached; remaining connections not checked");
          return new ReapReport(List.copyOf(reaped), failed);
        }
        try {
          boolean query = queries < MAX_QUERIES && isOlder(entry, MIN_AGE, now);
          Optional<String> reason = reasonToDelete(entry, query, now);
          queries += query ? 1 : 0;
          if (reason.isPresent()) {
            Disconnection.cleanUp(entry.connectionId(), connections, subscribers);
            ReapAction one =
                ReapAction.ofConnection(
                    ReapAction.Kind.CONNECTION_FORGOTTEN, entry.connectionId(), reason.get());
            one.log(LOG);
            reaped.add(one);
          }
        } catch (RuntimeException e) {
          LOG.atError()
              .addKeyValue("connection_id", entry.connectionId())
              .setCause(e)
              .log("failed to reap connection");
          failed++;
        }
      }
      next = page.next();
      if (next.isEmpty()) {
        if (queries == MAX_QUERIES) {
          LOG.atWarn()
              .addKeyValue("limit", MAX_QUERIES)
              .log("reaper reached its limit of API Gateway queries");
        }
        return new ReapReport(List.copyOf(reaped), failed);
      }
    }
    LOG.atWarn()
        .addKeyValue("limit", MAX_PAGES)
        .log("reaper reached its limit of connection pages");
    return new ReapReport(List.copyOf(reaped), failed);
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
