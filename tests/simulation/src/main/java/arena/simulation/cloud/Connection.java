package arena.simulation.cloud;

import arena.broker.ConnectionId;
import arena.simulation.scheduler.Mailbox;

/** A WebSocket connection between a client and the gateway. */
public final class Connection {
  /** What a client receives. */
  public sealed interface Received {
    /** A message sent by the product. */
    record Message(String json) implements Received {}

    /** The gateway's error message for a request that failed. */
    record NotServed() implements Received {}

    /** The connection is closed. */
    record Closed() implements Received {}
  }

  private final ConnectionId id;
  private final Mailbox<Received> inbox;
  private boolean open = true;
  private boolean clientGone;
  private long lastArrival;

  Connection(ConnectionId id, Mailbox<Received> inbox) {
    this.id = id;
    this.inbox = inbox;
  }

  public ConnectionId id() {
    return id;
  }

  /** Whether the connection is open as far as the gateway knows. */
  public boolean isOpen() {
    return open;
  }

  void setClosed() {
    open = false;
  }

  /** Whether the client is gone without the gateway's knowledge. */
  boolean isClientGone() {
    return clientGone;
  }

  void setClientGone() {
    clientGone = true;
  }

  Mailbox<Received> inbox() {
    return inbox;
  }

  /** Arrival time of a message; messages arrive in the order in which they were sent. */
  long arrival(long at) {
    lastArrival = Math.max(lastArrival, at);
    return lastArrival;
  }
}
