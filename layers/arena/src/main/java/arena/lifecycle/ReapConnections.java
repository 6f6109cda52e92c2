package arena.lifecycle;

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
 * Forgets connections that ended without a word, and what they subscribed to. Most are found by the
 * next message to them; this finds those to whom nobody sends. A connection's id is never given out
 * twice, so what is forgotten twice, or by two at once, is forgotten once.
 */
public final class ReapConnections {
  private static final Logger LOG = LoggerFactory.getLogger(ReapConnections.class);

  /** Most pages of connections that one reaping looks at. */
  private static final int MAX_PAGES = 1_000;

  /** Most connections that the gateway is asked after by one reaping. */
  private static final int MAX_ASKED = 1_000;

  /** A connection younger than this may not be at the gateway yet: it is noted before it opens. */
  private static final Duration OPENING = Duration.ofMinutes(2);

  /** Beyond a connection's longest life, so that clocks may differ. */
  private static final Duration DEAD = Connections.MAX_LIFE.plusMinutes(5);

  private final Connections connections;
  private final Subscribers subscribers;
  private final ConnectionSender sender;
  private final InstantSource clock;

  /** Reaps in these. */
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
   * Looks at every connection. One that cannot be seen to is no reason to leave the others. Those
   * that the gateway would have to be asked after once too often are found by a later reaping, at
   * the latest when no connection can be as old.
   *
   * @param deadline after which no further connection is begun
   */
  public ReapReport reap(Instant deadline) {
    List<ReapAction> reaped = new ArrayList<>();
    int failed = 0;
    int asked = 0;
    Optional<String> next = Optional.empty();
    for (int pages = 0; pages < MAX_PAGES; pages++) {
      Connections.Page page = connections.page(next);
      for (Connections.Entry entry : page.entries()) {
        Instant now = clock.instant();
        if (!now.isBefore(deadline)) {
          LOG.warn("time is over; the other connections are left to the next reaping");
          return new ReapReport(List.copyOf(reaped), failed);
        }
        try {
          boolean ask = asked < MAX_ASKED && isOlder(entry, OPENING, now);
          Optional<String> why = whyGone(entry, ask, now);
          asked += ask ? 1 : 0;
          if (why.isPresent()) {
            Disconnection.forget(entry.connectionId(), connections, subscribers);
            ReapAction one =
                ReapAction.ofConnection(
                    ReapAction.Kind.CONNECTION_FORGOTTEN, entry.connectionId(), why.get());
            one.log(LOG);
            reaped.add(one);
          }
        } catch (RuntimeException e) {
          LOG.atError()
              .addKeyValue("connection_id", entry.connectionId())
              .setCause(e)
              .log("a connection was not reaped");
          failed++;
        }
      }
      next = page.next();
      if (next.isEmpty()) {
        if (asked == MAX_ASKED) {
          LOG.warn("the gateway was asked after {} connections, and no more", MAX_ASKED);
        }
        return new ReapReport(List.copyOf(reaped), failed);
      }
    }
    LOG.warn("there are more than {} pages of connections; not all were looked at", MAX_PAGES);
    return new ReapReport(List.copyOf(reaped), failed);
  }

  private Optional<String> whyGone(Connections.Entry entry, boolean ask, Instant now) {
    String connectionId = entry.connectionId();
    if (entry.connectedAt().isEmpty()) {
      // Its own item may have been on the page before.
      return connections.kept(Set.of(connectionId)).isEmpty()
          ? Optional.of("subscriptions without their connection")
          : Optional.empty();
    }
    if (isOlder(entry, DEAD, now)) {
      return Optional.of("older than a connection can be, since " + entry.connectedAt().get());
    }
    return ask && sender.isGone(connectionId)
        ? Optional.of("gone at the gateway")
        : Optional.empty();
  }

  private static boolean isOlder(Connections.Entry entry, Duration age, Instant now) {
    return entry.connectedAt().filter(at -> !at.plus(age).isAfter(now)).isPresent();
  }
}
