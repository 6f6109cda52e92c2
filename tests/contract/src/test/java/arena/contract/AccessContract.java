package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.AccessStore;
import arena.access.AccessToken;
import arena.access.Principal;
import arena.access.Role;
import arena.access.Ticket;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The contract of {@link AccessStore}; each implementation has a subclass. */
abstract class AccessContract {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final RunId RUN = RunId.of("5eed0000000000000000000000000001");

  /** The store under test, empty. */
  abstract AccessStore store();

  private static AccessToken token(String id, Role role) {
    return new AccessToken(
        id,
        "ab".repeat(32),
        role,
        "label of " + id,
        NOW,
        NOW.plus(Duration.ofDays(30)),
        Optional.empty());
  }

  private static Ticket ticket(String hash, Optional<RunId> runId) {
    Principal caller = new Principal("aaaaaaaa", Role.VIEWER, runId, NOW.plusSeconds(3_600));
    return new Ticket(hash, caller, NOW.plusMillis(30_500));
  }

  @Test
  void returnsWhatWasCreated() {
    AccessToken token = token("aaaaaaaa", Role.OPERATOR);
    assertTrue(store().create(token));

    assertEquals(Optional.of(token), store().find("aaaaaaaa"));
    assertEquals(Optional.empty(), store().find("bbbbbbbb"));
  }

  @Test
  void keepsTheFirstOfTwoTokensWithOneId() {
    AccessToken first = token("aaaaaaaa", Role.VIEWER);
    assertTrue(store().create(first));
    assertFalse(store().create(token("aaaaaaaa", Role.OPERATOR)));

    assertEquals(Optional.of(first), store().find("aaaaaaaa"));
  }

  @Test
  void listsTokensWithoutTickets() {
    store().create(token("bbbbbbbb", Role.VIEWER));
    store().create(token("aaaaaaaa", Role.OPERATOR));
    store().create(ticket("cd".repeat(32), Optional.empty()));

    assertEquals(
        List.of("aaaaaaaa", "bbbbbbbb"), store().list().stream().map(AccessToken::id).toList());
  }

  @Test
  void revokesOnceAndForAll() {
    store().create(token("aaaaaaaa", Role.VIEWER));

    assertEquals(Optional.of(NOW), store().revoke("aaaaaaaa", NOW).flatMap(AccessToken::revokedAt));
    assertEquals(
        Optional.of(NOW),
        store().revoke("aaaaaaaa", NOW.plusSeconds(60)).flatMap(AccessToken::revokedAt));
    assertEquals(Optional.empty(), store().revoke("bbbbbbbb", NOW));
    AccessToken revoked = store().find("aaaaaaaa").orElseThrow();
    assertFalse(revoked.isValidAt(NOW));
    assertEquals(1, store().list().size());
  }

  @Test
  void doesNotFindTicketsAsTokens() {
    String hash = "cd".repeat(32);
    store().create(ticket(hash, Optional.empty()));

    assertEquals(Optional.empty(), store().find(hash));
    assertEquals(Optional.empty(), store().take("ef".repeat(32), NOW));
  }

  @Test
  void givesATicketOnce() {
    Ticket ticket = ticket("cd".repeat(32), Optional.of(RUN));
    store().create(ticket);

    assertEquals(Optional.of(ticket), store().take(ticket.hash(), NOW));
    assertEquals(Optional.empty(), store().take(ticket.hash(), NOW));
  }

  @Test
  void givesATicketToOneOfManyConcurrentCallers() throws Exception {
    for (int round = 0; round < 5; round++) {
      Ticket ticket = ticket((round + "d").repeat(32), Optional.empty());
      store().create(ticket);
      List<Ticket> taken = Collections.synchronizedList(new ArrayList<>());
      ConcurrentWorkers.run(4, _ -> store().take(ticket.hash(), NOW).ifPresent(taken::add));
      assertEquals(List.of(ticket), taken);
    }
  }

  @Test
  void givesNoTicketAfterItsTime() {
    Ticket ticket = ticket("cd".repeat(32), Optional.empty());
    store().create(ticket);

    assertEquals(Optional.empty(), store().take(ticket.hash(), ticket.validUntil()));
    assertEquals(
        Optional.of(ticket), store().take(ticket.hash(), ticket.validUntil().minusMillis(1)));
  }
}
