package arena.simulation.cloud;

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

/** API Gateway's WebSockets: routes what clients say, delivers what the product sends. */
public final class WebSockets implements ConnectionSender {
  private static final long SECOND = 1_000_000;
  private static final long ROUTE_LIMIT = 29 * SECOND;

  /** A connection is closed after two hours. */
  private static final long LIFE = 7_200 * SECOND;

  /** Messages that wait for a client before it takes no more. */
  private static final int MOST_WAITING = 3;

  private final Scheduler scheduler;
  private final FaultyNetwork wire;
  private final FaultInjector weather;
  private final Random random;
  private final Trace trace;
  private final Lambda lambda;
  private final Map<String, Connection> connections = new LinkedHashMap<>();
  private Subscriptions subscriptions;
  private int numbers;

  /** A gateway without connections. */
  public WebSockets(
      Scheduler scheduler,
      FaultyNetwork wire,
      FaultInjector weather,
      Random random,
      Trace trace,
      Lambda lambda) {
    this.scheduler = scheduler;
    this.wire = wire;
    this.weather = weather;
    this.random = random;
    this.trace = trace;
    this.lambda = lambda;
  }

  /** Whom the routes lead to. */
  public void routeTo(Subscriptions to) {
    subscriptions = to;
  }

  // ---- for clients

  /** A client connects; empty if it is not let in. */
  public Optional<Connection> connect(Mailbox<Connection.Heard> heard) {
    if (weather.has(Event.CONNECTION_REFUSED, 1)) {
      return Optional.empty();
    }
    Connection connection = new Connection("connection-" + ++numbers, heard);
    // The gateway knows it before the route is served.
    connections.put(connection.id(), connection);
    Outcome outcome =
        lambda.invoke(
            Function.STREAM_EVENTS,
            () -> {
              subscriptions.connect(connection.id());
              return "";
            },
            ROUTE_LIMIT);
    if (outcome instanceof Outcome.Failure) {
      connections.remove(connection.id());
      connection.setClosed();
      return Optional.empty();
    }
    scheduler.at(
        scheduler.now() + LIFE,
        () -> {
          // Once nothing goes wrong any more, no reader is to need this to learn what it missed.
          if (!weather.isCalm()) {
            end(connection);
          }
        });
    return Optional.of(connection);
  }

  /** A client says something. */
  public void say(Connection connection, String message) {
    trace.note(connection.id(), "says " + message);
    if (weather.has(Event.CONNECTION_LOST, 2)) {
      end(connection);
      return;
    }
    boolean lost = weather.has(Event.MESSAGE_LOST, 1);
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
                      ROUTE_LIMIT);
          if (outcome instanceof Outcome.Failure) {
            arrive(connection, new Connection.Heard.NotServed());
          }
        });
  }

  /** A client closes its connection. */
  public void hangUp(Connection connection) {
    end(connection);
  }

  /** A client is gone, and the gateway does not know. */
  public void vanish(Connection connection) {
    trace.note(connection.id(), "its client vanishes");
    connection.setClientGone();
    scheduler.at(scheduler.now() + 600 * SECOND, () -> end(connection));
  }

  // ---- for the product

  @Override
  public Sent send(String connectionId, String message) {
    if (weather.has(Event.SEND_BUSY, 2)) {
      return step(connectionId, () -> Sent.LATER);
    }
    if (weather.has(Event.SEND_REFUSED, 0.2)) {
      return step(connectionId, () -> Sent.REFUSED);
    }
    if (weather.has(Event.SEND_ANSWER_LOST, 1)) {
      return step(
          connectionId,
          () -> {
            deliver(connectionId, message);
            return Sent.LATER;
          });
    }
    return step(connectionId, () -> deliver(connectionId, message));
  }

  private static final class NoAnswer extends RuntimeException {
    private NoAnswer(String message) {
      super(message, null, false, false);
    }
  }

  private Sent step(String connectionId, java.util.function.Supplier<Sent> effect) {
    try {
      return wire.call(Call.GATEWAY_SEND, connectionId, effect, NoAnswer::new);
    } catch (NoAnswer _) {
      return Sent.LATER;
    }
  }

  private Sent deliver(String connectionId, String message) {
    Connection connection = connections.get(connectionId);
    if (connection == null) {
      return Sent.GONE;
    }
    if (connection.heard().size() >= MOST_WAITING) {
      return Sent.LATER;
    }
    if (weather.has(Event.CONNECTION_LOST_UNTOLD, 1)) {
      connections.remove(connectionId); // and the route of its end is never served
      close(connection);
      return Sent.GONE;
    }
    arrive(connection, new Connection.Heard.Message(message));
    return Sent.DELIVERED;
  }

  private void arrive(Connection connection, Connection.Heard what) {
    long at = connection.arrival(scheduler.now() + random.nextLong(500, 40_000));
    scheduler.at(
        at,
        () -> {
          if (connection.isOpen() && !connection.isClientGone()) {
            connection.heard().put(what);
          }
        });
  }

  @Override
  public boolean close(String connectionId) {
    try {
      return wire.call(
          Call.GATEWAY_CLOSE,
          connectionId,
          () -> {
            Connection connection = connections.get(connectionId);
            if (connection != null) {
              end(connection);
            }
            return true;
          },
          NoAnswer::new);
    } catch (NoAnswer _) {
      return false;
    }
  }

  @Override
  public boolean isGone(String connectionId) {
    try {
      return wire.call(
          Call.GATEWAY_IS_GONE,
          connectionId,
          () -> !connections.containsKey(connectionId),
          NoAnswer::new);
    } catch (NoAnswer _) {
      return false;
    }
  }

  // ---- both

  /** It ends; the product is told, once, as well as may be. */
  private void end(Connection connection) {
    if (!connection.isOpen()) {
      return;
    }
    connections.remove(connection.id());
    close(connection);
    if (!weather.has(Event.CONNECTION_LOST_UNTOLD, 1)) {
      lambda.start(
          Function.STREAM_EVENTS,
          () -> {
            subscriptions.disconnect(connection.id());
            return "";
          });
    }
  }

  private void close(Connection connection) {
    trace.note(connection.id(), "is closed");
    connection.setClosed();
    if (!connection.isClientGone()) {
      scheduler.at(
          scheduler.now() + random.nextLong(500, 40_000),
          () -> connection.heard().put(new Connection.Heard.Closed()));
    }
  }
}
