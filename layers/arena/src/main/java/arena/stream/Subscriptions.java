package arena.stream;

import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.run.Run;
import java.time.InstantSource;
import java.util.Optional;

/** What a connection asks for: to be told of a run, to be told no more, a sign of life. */
public final class Subscriptions {
  private final Connections connections;
  private final Subscribers subscribers;
  private final Catalog catalog;
  private final Notifier notifier;
  private final Gateway gateway;
  private final InstantSource clock;

  /** Serves connections with these. */
  public Subscriptions(
      Connections connections,
      Subscribers subscribers,
      Catalog catalog,
      Notifier notifier,
      Gateway gateway,
      InstantSource clock) {
    this.connections = connections;
    this.subscribers = subscribers;
    this.catalog = catalog;
    this.notifier = notifier;
    this.gateway = gateway;
    this.clock = clock;
  }

  /** A connection came. */
  public void connect(String connectionId) {
    connections.connected(connectionId, clock.instant());
  }

  /** A connection went: everything it subscribed to is let go. */
  public void disconnect(String connectionId) {
    for (String runId : connections.disconnected(connectionId)) {
      subscribers.remove(runId, connectionId);
    }
  }

  /** Answers one message; a bad one is answered with an error, and changes nothing. */
  public void receive(String connectionId, String message) {
    switch (ClientMessage.read(message)) {
      case ClientMessage.Subscribe(String runId, long fromSeq) ->
          subscribe(connectionId, runId, fromSeq);
      case ClientMessage.Unsubscribe(String runId) -> {
        subscribers.remove(runId, connectionId);
        connections.unsubscribed(connectionId, runId);
      }
      case ClientMessage.Ping() -> gateway.send(connectionId, Messages.pong());
      case ClientMessage.Bad(String code, String why) -> error(connectionId, code, why);
    }
  }

  private void subscribe(String connectionId, String runId, long fromSeq) {
    Optional<Run> run = catalog.find(runId);
    if (run.isEmpty()) {
      error(connectionId, "unknown_run", "no run has the id " + runId);
      return;
    }
    long next = run.get().nEvents() + 1;
    if (fromSeq > next) {
      error(
          connectionId,
          "invalid_field",
          "from_seq is at most the run's next seq, %d, not %d".formatted(next, fromSeq));
      return;
    }
    if (!connections.subscribed(connectionId, runId)) {
      error(
          connectionId,
          "too_many_subscriptions",
          "a connection subscribes to at most %d runs".formatted(Connections.MAX_SUBSCRIPTIONS));
      return;
    }
    // The cursor before the wake: a fan-out that starts, or is about to end, then sees it.
    subscribers.put(runId, connectionId, fromSeq);
    notifier.wake(runId);
  }

  private void error(String connectionId, String code, String message) {
    gateway.send(connectionId, Messages.error(code, message));
  }
}
