package arena.stream;

import arena.access.Principal;
import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.broker.TooManyReaders;
import arena.catalog.Catalog;
import arena.error.DependencyUnavailable;
import arena.retry.RetryPolicy;
import arena.run.Run;
import arena.run.RunId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles connections and client messages: subscribe, unsubscribe, ping. */
public final class Subscriptions {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  /** Retries of a reply, within about a second, plus 3 s per attempt that times out. */
  private static final RetryPolicy RETRY = RetryPolicy.doubling(5, Duration.ofMillis(60));

  private final Connections connections;
  private final ConnectionAccess access;
  private final Subscribers subscribers;
  private final Catalog catalog;
  private final FanOutInvoker fanOutInvoker;
  private final ConnectionSender sender;
  private final InstantSource clock;
  private final TaskRunner tasks;

  public Subscriptions(
      Connections connections,
      ConnectionAccess access,
      Subscribers subscribers,
      Catalog catalog,
      FanOutInvoker fanOutInvoker,
      ConnectionSender sender,
      InstantSource clock,
      TaskRunner tasks) {
    this.connections = connections;
    this.access = access;
    this.subscribers = subscribers;
    this.catalog = catalog;
    this.fanOutInvoker = fanOutInvoker;
    this.sender = sender;
    this.clock = clock;
    this.tasks = tasks;
  }

  /**
   * Handles a new connection of a caller.
   *
   * @throws DependencyUnavailable if it cannot be stored; the connection must be rejected
   */
  public void connect(ConnectionId connectionId, Principal caller) {
    connections.connect(connectionId, caller, clock.instant());
  }

  /**
   * Handles the end of a connection. A failure here is cleaned up by the next send to the
   * connection, or by the reaper.
   */
  public void disconnect(ConnectionId connectionId) {
    Disconnection.cleanUp(connectionId, connections, subscribers);
  }

  /**
   * Handles a client message. On failure, sends an error message, or closes the connection if that
   * is not possible.
   *
   * @return the failure, if any
   * @throws ReplyFailed if the connection can be neither notified nor closed
   */
  public Optional<RuntimeException> receive(ConnectionId connectionId, String message) {
    ClientMessage clientMessage = ClientMessage.read(message);
    try {
      handle(connectionId, clientMessage);
      return Optional.empty();
    } catch (ReplyFailed e) {
      throw e;
    } catch (DependencyUnavailable e) {
      return reportFailure(
          connectionId,
          clientMessage,
          MessageErrorCode.UNAVAILABLE,
          "temporarily unavailable; retry later",
          e);
    } catch (RuntimeException e) {
      return reportFailure(
          connectionId, clientMessage, MessageErrorCode.INTERNAL_ERROR, "internal error", e);
    }
  }

  private Optional<RuntimeException> reportFailure(
      ConnectionId connectionId,
      ClientMessage clientMessage,
      MessageErrorCode code,
      String message,
      RuntimeException failure) {
    try {
      error(connectionId, clientMessage.runIdIfPresent(), code, message);
    } catch (ReplyFailed e) {
      e.addSuppressed(failure);
      throw e;
    }
    return Optional.of(failure);
  }

  private void handle(ConnectionId connectionId, ClientMessage clientMessage) {
    Optional<Principal> caller = access.caller(connectionId);
    if (caller.isEmpty()) {
      end(connectionId);
      return;
    }
    switch (clientMessage) {
      case ClientMessage.Subscribe(RunId runId, long _) when !caller.get().mayRead(runId) ->
          error(
              connectionId,
              Optional.of(runId),
              MessageErrorCode.FORBIDDEN,
              "the connection's ticket is for another run");
      case ClientMessage.Subscribe(RunId runId, long fromSeq) ->
          subscribe(connectionId, runId, fromSeq);
      case ClientMessage.Unsubscribe(RunId runId) -> unsubscribe(connectionId, runId);
      case ClientMessage.Ping() -> reply(connectionId, ServerMessages.pong());
      case ClientMessage.Invalid(MessageErrorCode code, String reason) ->
          error(connectionId, clientMessage.runIdIfPresent(), code, reason);
    }
  }

  /** Ends a connection whose token is no longer valid. */
  private void end(ConnectionId connectionId) {
    LOG.atInfo()
        .addKeyValue("connection_id", connectionId)
        .log("closing connection whose token is no longer valid");
    sender.send(connectionId, ServerMessages.unauthorized());
    disconnect(connectionId);
    if (!sender.close(connectionId)) {
      throw new ReplyFailed(connectionId);
    }
  }

  private void subscribe(ConnectionId connectionId, RunId runId, long fromSeq) {
    Optional<Run> run = catalog.find(runId);
    if (run.isEmpty()) {
      error(connectionId, Optional.of(runId), MessageErrorCode.UNKNOWN_RUN, "unknown run " + runId);
      return;
    }
    long next = run.get().nEvents() + 1;
    if (fromSeq > next) {
      error(
          connectionId,
          Optional.of(runId),
          MessageErrorCode.INVALID_FIELD,
          String.format(
              Locale.ROOT, "from_seq must be at most the run's next seq %d: %d", next, fromSeq));
      return;
    }
    // Without the check, a server that hangs could set the cursor much later, when the reader has
    // subscribed again and received events.
    switch (subscribers.admit(runId, connectionId)) {
      case ADMITTED -> subscribeNow(connectionId, runId, fromSeq, fromSeq == next);
      case TOO_MANY_REQUESTS -> reply(connectionId, ServerMessages.tooManyRequests(runId));
      case UNAVAILABLE -> subscribeLater(connectionId, runId, fromSeq);
    }
  }

  /**
   * @param atEnd whether the run has no event from {@code fromSeq} on
   */
  private void subscribeNow(ConnectionId connectionId, RunId runId, long fromSeq, boolean atEnd) {
    try {
      // The cursor is set before the subscription, so that a subscription without a cursor means a
      // lost cursor, and before the wake-up, so that a running fan-out sees it.
      subscribers.put(runId, connectionId, fromSeq);
    } catch (TooManyReaders _) {
      reply(connectionId, ServerMessages.tooManyReaders(runId));
      return;
    }
    if (!connections.subscribe(runId, connectionId)) {
      subscribers.remove(runId, connectionId);
      rejectSubscription(connectionId, runId);
      return;
    }
    if (subscribers.cursor(runId, connectionId).isPresent()) {
      fanOutInvoker.wake(runId);
      return;
    }
    RunReaders readers = new RunReaders(runId, subscribers, connections, access, sender);
    OptionalLong endedAt = subscribers.endedAt(runId, connectionId);
    if (endedAt.isEmpty()) {
      // The broker lost the cursor, or a fan-out removed it for an earlier unsubscribe. The list of
      // subscriptions, in which a fan-out would find this one, may not have it yet.
      if (!readers.close(connectionId)) {
        fanOutInvoker.wakeForPending(runId);
      }
      return;
    }
    if (atEnd && endedAt.getAsLong() == fromSeq) {
      // An earlier stream of this reader may have ended here, so that it waits for a message. It
      // gets the one without events a second time at worst.
      if (subscribePending(connectionId, runId, fromSeq)) {
        fanOutInvoker.wakeForPending(runId);
      }
    } else {
      // A fan-out has sent everything before the subscription was stored.
      readers.unsubscribe(connectionId);
    }
  }

  /** Accepts a subscription while the broker is unavailable. */
  private void subscribeLater(ConnectionId connectionId, RunId runId, long fromSeq) {
    if (subscribePending(connectionId, runId, fromSeq)) {
      fanOutInvoker.recover();
      reply(connectionId, ServerMessages.behind(runId));
    }
  }

  /**
   * Stores a subscription whose cursor a fan-out stores later, or rejects it.
   *
   * @return whether it is stored
   */
  private boolean subscribePending(ConnectionId connectionId, RunId runId, long fromSeq) {
    boolean stored = connections.subscribePending(runId, connectionId, fromSeq);
    if (!stored) {
      rejectSubscription(connectionId, runId);
    }
    return stored;
  }

  private void rejectSubscription(ConnectionId connectionId, RunId runId) {
    error(
        connectionId,
        Optional.of(runId),
        MessageErrorCode.TOO_MANY_SUBSCRIPTIONS,
        String.format(
            Locale.ROOT,
            "the connection has the maximum of %d subscriptions",
            Connections.MAX_SUBSCRIPTIONS));
  }

  private void unsubscribe(ConnectionId connectionId, RunId runId) {
    if (subscribers.available()) {
      // The subscription first, so that a fan-out that adopts it at the same time finds out and
      // removes the cursor.
      connections.unsubscribe(runId, connectionId);
      subscribers.remove(runId, connectionId);
    } else {
      // It may have a cursor, which a fan-out removes later.
      connections.unsubscribePending(runId, connectionId);
      fanOutInvoker.recover();
    }
  }

  private void error(
      ConnectionId connectionId, Optional<RunId> runId, MessageErrorCode code, String message) {
    reply(connectionId, ServerMessages.error(runId, code, message));
  }

  private void reply(ConnectionId connectionId, String message) {
    if (!trySend(connectionId, message)) { // close it, because the client would wait for the reply
      LOG.atWarn()
          .addKeyValue("connection_id", connectionId)
          .log("closing connection that accepts no reply");
      if (!sender.close(connectionId)) {
        throw new ReplyFailed(connectionId);
      }
    }
  }

  /** Sends with retries; returns whether the message was accepted or the connection is closed. */
  private boolean trySend(ConnectionId connectionId, String message) {
    RetryPolicy.Attempts attempts = RETRY.start(tasks::pause);
    try {
      do {
        ConnectionSender.Result result = sender.send(connectionId, message);
        if (result != ConnectionSender.Result.LATER) {
          return result == ConnectionSender.Result.DELIVERED
              || result == ConnectionSender.Result.GONE;
        }
      } while (attempts.waitForNext());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return false;
  }
}
