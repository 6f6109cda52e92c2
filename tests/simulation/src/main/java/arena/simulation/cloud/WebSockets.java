package arena.simulation.cloud;

import arena.access.Principal;
import arena.broker.ConnectionId;
import arena.simulation.Trace;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.scheduler.Mailbox;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.stores.Call;
import arena.stream.ConnectionSender;
import arena.stream.Subscriptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/**
 * The API Gateway WebSocket API: routes messages of clients and delivers messages of the product.
 */
public final class WebSockets implements ConnectionSender {
  private static final long SECOND = 1_000_000;
  private static final long ROUTE_TIMEOUT = 29 * SECOND;

  /** Connections are closed after two hours. */
  private static final long MAX_CONNECTION_TIME = 7_200 * SECOND;

  /** Queued messages at which a client accepts no more. */
  private static final int MAX_QUEUED = 3;

  private final Scheduler scheduler;
  private final FaultyNetwork network;
  private final FaultInjector faults;
  private final Random random;
  private final Trace trace;
  private final Lambda lambda;
  private final Map<ConnectionId, Connection> connections = new LinkedHashMap<>();
  private Subscriptions subscriptions;
  private Predicate<ConnectionId> readsOpenRun;
  private int numbers;

  public WebSockets(
      Scheduler scheduler,
      FaultyNetwork network,
      FaultInjector faults,
      Random random,
      Trace trace,
      Lambda lambda) {
    this.scheduler = scheduler;
    this.network = network;
    this.faults = faults;
    this.random = random;
    this.trace = trace;
    this.lambda = lambda;
  }

  /**
   * Sets the handler of the routes.
   *
   * @param readsOpenRun whether a connection reads a run that has not ended
   */
  public void routeTo(Subscriptions handler, Predicate<ConnectionId> readsOpenRun) {
    subscriptions = handler;
    this.readsOpenRun = readsOpenRun;
  }

  // ---- for clients

  /** Connects a client; empty if the connection is refused. */
  public Optional<Connection> connect(Mailbox<Connection.Received> inbox) {
    if (faults.occurs(Event.CONNECTION_REFUSED, 1)) {
      return Optional.empty();
    }
    Connection connection = new Connection(ConnectionId.of("connection-" + ++numbers), inbox);
    // The connection exists before its route is served.
    connections.put(connection.id(), connection);
    Outcome outcome =
        lambda.invoke(
            Function.STREAM_EVENTS,
            () -> {
              subscriptions.connect(connection.id(), Principal.LOCAL);
              return "";
            },
            ROUTE_TIMEOUT);
    if (outcome instanceof Outcome.Failure) {
      connections.remove(connection.id());
      connection.setClosed();
      return Optional.empty();
    }
    scheduler.at(
        scheduler.now() + MAX_CONNECTION_TIME,
        () -> {
          // After the last fault no reader may depend on this to get the rest of a run.
          if (!faults.ended() || readsOpenRun.test(connection.id())) {
            endConnection(connection);
          }
        });
    return Optional.of(connection);
  }

  /** Routes a client's message. */
  public void sendFromClient(Connection connection, String message) {
    trace.note(connection.id().value(), "sends " + message);
    if (faults.occurs(Event.CONNECTION_LOST, 2)) {
      endConnection(connection);
      return;
    }
    boolean lost = faults.occurs(Event.MESSAGE_LOST, 1);
    scheduler.start(
        "route",
        () -> {
          scheduler.sleep(random.nextLong(1_000, 50_000));
          if (!connection.isOpen()) {
            return;
          }
          Outcome outcome =
              lost
                  ? new Outcome.Failure("Lambda.TooManyRequestsException", "")
                  : lambda.invoke(
                      Function.STREAM_EVENTS,
                      () -> {
                        subscriptions.receive(connection.id(), message);
                        return "";
                      },
                      ROUTE_TIMEOUT);
          if (outcome instanceof Outcome.Failure) {
            arrive(connection, new Connection.Received.NotServed());
          }
        });
  }

  /** Closes a connection on the client's request. */
  public void closeFromClient(Connection connection) {
    endConnection(connection);
  }

  /** Removes a client without notifying the gateway. */
  public void vanish(Connection connection) {
    trace.note(connection.id().value(), "client vanishes");
    connection.setClientGone();
    scheduler.at(scheduler.now() + 600 * SECOND, () -> endConnection(connection));
  }

  // ---- for the product

  @Override
  public Result send(ConnectionId connectionId, String message) {
    if (faults.occurs(Event.SEND_THROTTLED, 2)) {
      return call(connectionId, () -> Result.LATER);
    }
    if (faults.occurs(Event.SEND_REFUSED, 0.2)) {
      return call(connectionId, () -> Result.REFUSED);
    }
    if (faults.occurs(Event.SEND_RESPONSE_LOST, 1)) {
      return call(
          connectionId,
          () -> {
            deliver(connectionId, message);
            return Result.LATER;
          });
    }
    return call(connectionId, () -> deliver(connectionId, message));
  }

  private static final class NoAnswer extends RuntimeException {
    private NoAnswer(String message) {
      super(message, null, false, false);
    }
  }

  private Result call(ConnectionId connectionId, java.util.function.Supplier<Result> effect) {
    try {
      return network.call(Call.CONNECTION_SENDER_SEND, connectionId.value(), effect, NoAnswer::new);
    } catch (NoAnswer _) {
      return Result.LATER;
    }
  }

  private Result deliver(ConnectionId connectionId, String message) {
    Connection connection = connections.get(connectionId);
    if (connection == null) {
      return Result.GONE;
    }
    if (connection.inbox().size() >= MAX_QUEUED) {
      return Result.LATER;
    }
    if (faults.occurs(Event.CONNECTION_LOST_SILENTLY, 1)) {
      connections.remove(connectionId); // the $disconnect route is never invoked
      close(connection);
      return Result.GONE;
    }
    arrive(connection, new Connection.Received.Message(message));
    return Result.DELIVERED;
  }

  private void arrive(Connection connection, Connection.Received message) {
    long at = connection.arrival(scheduler.now() + random.nextLong(500, 40_000));
    scheduler.at(
        at,
        () -> {
          if (connection.isOpen() && !connection.isClientGone()) {
            connection.inbox().put(message);
          }
        });
  }

  @Override
  public boolean close(ConnectionId connectionId) {
    try {
      return network.call(
          Call.CONNECTION_SENDER_CLOSE,
          connectionId.value(),
          () -> {
            Connection connection = connections.get(connectionId);
            if (connection != null) {
              endConnection(connection);
            }
            return true;
          },
          NoAnswer::new);
    } catch (NoAnswer _) {
      return false;
    }
  }

  @Override
  public boolean isGone(ConnectionId connectionId) {
    try {
      return network.call(
          Call.CONNECTION_SENDER_IS_GONE,
          connectionId.value(),
          () -> !connections.containsKey(connectionId),
          NoAnswer::new);
    } catch (NoAnswer _) {
      return false;
    }
  }

  // ---- for both

  /** Ends a connection and invokes {@code $disconnect} once, best effort. */
  private void endConnection(Connection connection) {
    if (!connection.isOpen()) {
      return;
    }
    connections.remove(connection.id());
    close(connection);
    if (!faults.occurs(Event.CONNECTION_LOST_SILENTLY, 1)) {
      lambda.start(
          Function.STREAM_EVENTS,
          () -> {
            subscriptions.disconnect(connection.id());
            return "";
          });
    }
  }

  private void close(Connection connection) {
    trace.note(connection.id().value(), "closed");
    connection.setClosed();
    if (!connection.isClientGone()) {
      scheduler.at(
          scheduler.now() + random.nextLong(500, 40_000),
          () -> connection.inbox().put(new Connection.Received.Closed()));
    }
  }
}
