package arena.simulation.stores;

import arena.access.AccessStore;
import arena.access.AccessToken;
import arena.access.Ticket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of tokens and tickets. Thread-safe. */
public final class SimulatedAccess implements AccessStore {
  private final Map<String, AccessToken> tokens = new LinkedHashMap<>();
  private final Map<String, Ticket> tickets = new LinkedHashMap<>();
  private int reads;

  /** The number of reads of tokens. */
  public synchronized int reads() {
    return reads;
  }

  @Override
  public synchronized boolean create(AccessToken token) {
    return tokens.putIfAbsent(token.id(), token) == null;
  }

  @Override
  public synchronized Optional<AccessToken> find(String id) {
    reads++;
    return Optional.ofNullable(tokens.get(id));
  }

  @Override
  public synchronized List<AccessToken> list() {
    List<AccessToken> sorted = new ArrayList<>(tokens.values());
    sorted.sort(Comparator.comparing(AccessToken::createdAt).thenComparing(AccessToken::id));
    return sorted.subList(0, Math.min(sorted.size(), MAX_LISTED));
  }

  @Override
  public synchronized Optional<AccessToken> revoke(String id, Instant at) {
    return Optional.ofNullable(
        tokens.computeIfPresent(
            id,
            (_, token) ->
                token.revokedAt().isPresent()
                    ? token
                    : new AccessToken(
                        token.id(),
                        token.secretHash(),
                        token.role(),
                        token.label(),
                        token.createdAt(),
                        token.expiresAt(),
                        Optional.of(at))));
  }

  @Override
  public synchronized void create(Ticket ticket) {
    tickets.put(ticket.hash(), ticket);
  }

  @Override
  public synchronized Optional<Ticket> take(String hash, Instant now) {
    Ticket ticket = tickets.get(hash);
    if (ticket == null || !now.isBefore(ticket.validUntil())) {
      return Optional.empty();
    }
    tickets.remove(hash);
    return Optional.of(ticket);
  }
}
