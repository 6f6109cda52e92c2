package arena.simulation.cloud;

import arena.simulation.scheduler.Mailbox;

/** A WebSocket connection, between a client and the gateway. */
public final class Connection {
  /** What a client hears. */
  public sealed interface Heard {
    /** A message of the product's. */
    record Message(String json) implements Heard {}

    /** The gateway's own message: it could not serve what was said. */
    record NotServed() implements Heard {}

    /** The connection is closed. */
    record Closed() implements Heard {}
  }

  private final String id;
  private final Mailbox<Heard> heard;
  private boolean open = true;
  private boolean clientGone;
  private long lastArrival;

  Connection(String id, Mailbox<Heard> heard) {
    this.id = id;
    this.heard = heard;
  }

  /** Its id. */
  public String id() {
    return id;
  }

  /** Whether the gateway knows it as open. */
  public boolean isOpen() {
    return open;
  }

  void setClosed() {
    open = false;
  }

  /** Whether its client is gone, without the gateway's knowing. */
  boolean isClientGone() {
    return clientGone;
  }

  void setClientGone() {
    clientGone = true;
  }

  Mailbox<Heard> heard() {
    return heard;
  }

  /** When what is sent now arrives: not before what was sent before it. */
  long arrival(long at) {
    lastArrival = Math.max(lastArrival, at);
    return lastArrival;
  }
}
