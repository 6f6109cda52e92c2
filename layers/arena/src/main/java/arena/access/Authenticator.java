package arena.access;

import arena.text.Sha256;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds who calls, by a token or a ticket. It reports only whether a caller is known, not why one
 * is not.
 *
 * <p>Timing reveals no secret: a token is found by its id, which is not secret, and its secret is
 * compared by hash in constant time, also if no such token exists. A ticket is found by its hash.
 */
public final class Authenticator {
  /** Compared with the secret of an unknown token; it is the hash of no known text. */
  private static final byte[] NO_HASH = new byte[32];

  private final AccessStore store;
  private final InstantSource clock;

  public Authenticator(AccessStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Returns the holder of the token in a header {@code Authorization}.
   *
   * @throws arena.error.DependencyUnavailable if the store does not answer
   */
  public Optional<Principal> byHeader(@Nullable String authorization) {
    Optional<TokenText> text = TokenText.ofHeader(authorization);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<AccessToken> token = store.find(text.get().id());
    byte[] expected = token.map(AccessToken::hash).orElse(NO_HASH);
    boolean matches = MessageDigest.isEqual(Sha256.of(text.get().secret()), expected);
    Instant now = clock.instant();
    return token
        .filter(_ -> matches)
        .filter(found -> found.isValidAt(now))
        .map(AccessToken::principal);
  }

  /**
   * Uses up a ticket and returns its caller, if its token is still valid.
   *
   * @throws arena.error.DependencyUnavailable if the store does not answer; the ticket may be used
   */
  public Optional<Principal> byTicket(@Nullable String ticket) {
    if (ticket == null || !Tickets.isTicket(ticket)) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    String hash = Sha256.hex(ticket);
    Optional<Principal> principal = store.take(hash, now).map(Ticket::principal);
    return principal.filter(
        caller -> store.find(caller.id()).filter(token -> token.isValidAt(now)).isPresent());
  }
}
