package arena.access;

import arena.run.RunId;
import arena.text.Sha256;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/** Issues tickets, because browsers send no header with a WebSocket handshake. */
public final class Tickets {
  /** How long a ticket can be used. */
  public static final Duration LIFE = Duration.ofSeconds(30);

  private static final String PREFIX = "ticket_";
  private static final Pattern SHAPE = Pattern.compile(PREFIX + Secrets.PATTERN);

  private final AccessStore store;
  private final InstantSource clock;
  private final SecureRandom random;

  public Tickets(AccessStore store, InstantSource clock, SecureRandom random) {
    this.store = store;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A new ticket.
   *
   * @param text the ticket; only its hash is stored
   */
  public record Issued(String text, Instant expiresAt) {
    /** Omits the secret. */
    @Override
    public String toString() {
      return "Issued[" + expiresAt + "]";
    }
  }

  /**
   * Issues a ticket for one connection of a caller.
   *
   * @param runId the only run that the connection may subscribe to; empty for all
   */
  public Issued issue(Principal caller, Optional<RunId> runId) {
    String text = PREFIX + Secrets.generate(random);
    Instant validUntil = clock.instant().plus(LIFE);
    store.create(
        new Ticket(
            Sha256.hex(text),
            new Principal(caller.id(), caller.role(), runId, caller.expiresAt()),
            validUntil));
    return new Issued(text, validUntil);
  }

  static boolean isTicket(String text) {
    return text.length() == PREFIX.length() + Secrets.LENGTH && SHAPE.matcher(text).matches();
  }
}
