package arena.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Stores tokens and tickets. What it stores is of no use to callers: hashes, not secrets. */
public interface AccessStore {
  /** Maximum number of tokens that are listed. */
  int MAX_LISTED = 1_000;

  /**
   * Adds a token.
   *
   * @return false if its id is taken
   */
  boolean create(AccessToken token);

  /** Returns a token, also an expired or revoked one, with a consistent read. */
  Optional<AccessToken> find(String id);

  /** Lists tokens in the order of their creation, at most {@link #MAX_LISTED}. */
  List<AccessToken> list();

  /**
   * Revokes a token. The time of an earlier revocation is kept.
   *
   * @return the token as it is now; empty if there is none
   */
  Optional<AccessToken> revoke(String id, Instant at);

  /** Adds a ticket. */
  void create(Ticket ticket);

  /**
   * Removes and returns a ticket: of all callers, concurrent ones too, one gets it.
   *
   * @return empty if it was taken before, does not exist, or is not valid at this time
   */
  Optional<Ticket> take(String hash, Instant now);
}
