package arena.stream;

import arena.broker.BrokerUnavailable;
import arena.broker.Subscribers;
import arena.broker.TooManyReaders;
import arena.catalog.Catalog;
import arena.catalog.CatalogUnavailable;
import arena.retry.RetryPolicy;
import arena.run.Run;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a connection asks for: to be told of a run, to be told no more, a sign of life. */
public final class Subscriptions {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  /** Attempts at a reply; with the waits they take a second, and 3 s each that hangs. */
  private static final RetryPolicy RETRY = RetryPolicy.doubling(5, Duration.ofMillis(60));

  private final Connections connections;
  private final Subscribers subscribers;
  private final Catalog catalog;
  private final FanOutInvoker fanOutInvoker;
  private final ConnectionSender sender;
  private final InstantSource clock;
  private final TaskRunner tasks;

  /** Serves connections with these. */
  public Subscriptions(
      Connections connections,
      Subscribers subscribers,
      Catalog catalog,
      FanOutInvoker fanOutInvoker,
      ConnectionSender sender,
      InstantSource clock,
      TaskRunner tasks) {
    this.connections = connections;
    this.subscribers = subscribers;
    this.catalog = catalog;
    this.fanOutInvoker = fanOutInvoker;
    this.sender = sender;
    this.clock = clock;
    this.tasks = tasks;
  }

  /**
   * A connection came.
   *
   * @throws ConnectionsUnavailable if it cannot be noted: it must be refused
   */
  public void connect(String connectionId) {
    connections.connected(connectionId, clock.instant());
  }

  /**
   * A connection went: everything it subscribed to is let go. What fails here is cleaned up by the
   * next send, which finds the connection gone.
   */
  public void disconnect(String connectionId) {
    Disconnection.forget(connectionId, connections, subscribers);
  }

  /**
   * Answers one message; a bad one, and one that cannot be served, is answered with an error.
   * Whoever asked is told, or disconnected.
   *
   * @return what it was not served for, if it was not
   * @throws ReplyFailed if neither can be done: API Gateway tells the client then
   */
  public Optional<RuntimeException> receive(String connectionId, String message) {
    ClientMessage said = ClientMessage.read(message);
    try {
      serve(connectionId, said);
      return Optional.empty();
    } catch (ReplyFailed e) {
      throw e;
    } catch (BrokerUnavailable
        | CatalogUnavailable
        | ConnectionsUnavailable
        | NotifierUnavailable e) {
      return told(
          connectionId,
          said,
          MessageErrorCode.UNAVAILABLE,
          "a store does not answer for now; say it again",
          e);
    } catch (RuntimeException e) {
      return told(
          connectionId,
          said,
          MessageErrorCode.INTERNAL_ERROR,
          "the service failed; its log has the rest",
          e);
    }
  }

  private Optional<RuntimeException> told(
      String connectionId,
      ClientMessage said,
      MessageErrorCode code,
      String message,
      RuntimeException why) {
    try {
      error(connectionId, said.about(), code, message);
    } catch (ReplyFailed e) {
      e.addSuppressed(why);
      throw e;
    }
    return Optional.of(why);
  }

  private void serve(String connectionId, ClientMessage said) {
    switch (said) {
      case ClientMessage.Subscribe(String runId, long fromSeq) ->
          subscribe(connectionId, runId, fromSeq);
      case ClientMessage.Unsubscribe(String runId) -> {
        subscribers.remove(runId, connectionId);
        connections.unsubscribed(connectionId, runId);
      }
      case ClientMessage.Ping() -> answer(connectionId, ServerMessages.pong());
      case ClientMessage.Bad(MessageErrorCode code, String why) ->
          error(connectionId, said.about(), code, why);
    }
  }

  private void subscribe(String connectionId, String runId, long fromSeq) {
    Optional<Run> run = catalog.find(runId);
    if (run.isEmpty()) {
      error(
          connectionId,
          Optional.of(runId),
          MessageErrorCode.UNKNOWN_RUN,
          "no run has the id " + runId);
      return;
    }
    long next = run.get().nEvents() + 1;
    if (fromSeq > next) {
      error(
          connectionId,
          Optional.of(runId),
          MessageErrorCode.INVALID_FIELD,
          String.format(
              Locale.ROOT, "from_seq is at most the run's next seq, %d, not %d", next, fromSeq));
      return;
    }
    try {
      // The cursor before the subscription, so that one without a cursor is known to have lost it;
      // and before the wake, so that a fan-out that starts, or is about to end, sees it.
      subscribers.put(runId, connectionId, fromSeq);
    } catch (TooManyReaders _) {
      error(
          connectionId,
          Optional.of(runId),
          MessageErrorCode.TOO_MANY_READERS,
          String.format(
              Locale.ROOT,
              "a run has at most %d live readers; GET /events has its events too",
              Subscribers.MAX_READERS));
      return;
    }
    if (!connections.subscribed(connectionId, runId)) {
      subscribers.remove(runId, connectionId);
      error(
          connectionId,
          Optional.of(runId),
          MessageErrorCode.TOO_MANY_SUBSCRIPTIONS,
          String.format(
              Locale.ROOT,
              "a connection subscribes to at most %d runs",
              Connections.MAX_SUBSCRIPTIONS));
      return;
    }
    fanOutInvoker.wake(runId);
  }

  private void error(
      String connectionId, Optional<String> aboutRun, MessageErrorCode code, String message) {
    answer(connectionId, ServerMessages.error(aboutRun, code, message));
  }

  private void answer(String connectionId, String message) {
    if (!isTaken(connectionId, message)) {
      // One that waits for an answer in vain must not wait for ever.
      LOG.warn("connection {} is closed: it takes no answer", connectionId);
      if (!sender.close(connectionId)) {
        throw new ReplyFailed(connectionId);
      }
    }
  }

  /** Whether the connection takes an answer, or is gone; one that is busy has a moment for it. */
  private boolean isTaken(String connectionId, String message) {
    RetryPolicy.Attempts attempts = RETRY.start(tasks::pause);
    try {
      do {
        ConnectionSender.Sent sent = sender.send(connectionId, message);
        if (sent != ConnectionSender.Sent.LATER) {
          return sent == ConnectionSender.Sent.DELIVERED || sent == ConnectionSender.Sent.GONE;
        }
      } while (attempts.waitForNext());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return false;
  }
}
