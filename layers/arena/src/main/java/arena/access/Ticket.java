package arena.access;

import java.time.Instant;

/**
 * A ticket as it is stored: a right to open one WebSocket connection.
 *
 * @param hash SHA-256 of the ticket's text, in hex
 * @param principal the connection's caller
 * @param validUntil when it must have been used
 */
public record Ticket(String hash, Principal principal, Instant validUntil) {
  /** Omits the hash. */
  @Override
  public String toString() {
    return "Ticket[" + principal.id() + "]";
  }
}
