package arena.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.run.RunId;
import arena.simulation.stores.SimulatedAccess;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens and tickets: who is found by them, and for how long. */
class AuthenticatorTest {
  private static final RunId RUN = RunId.of("5eed0000000000000000000000000001");

  private Instant now = Instant.parse("2026-01-31T12:00:00Z");
  private final SimulatedAccess store = new SimulatedAccess();
  private final Tokens tokens = new Tokens(store, () -> now, new SecureRandom());
  private final Tickets tickets = new Tickets(store, () -> now, new SecureRandom());
  private final Authenticator authenticator = new Authenticator(store, () -> now);
  private final Tokens.Created viewer = tokens.create(Role.VIEWER, "v", Duration.ofDays(1));

  private Optional<Principal> bearer(String token) {
    return authenticator.byHeader("Bearer " + token);
  }

  @Test
  void findsTheHolderOfAToken() {
    Principal holder =
        new Principal(
            viewer.token().id(), Role.VIEWER, Optional.empty(), now.plus(Duration.ofDays(1)));

    assertEquals(Optional.of(holder), bearer(viewer.text()));
    assertEquals(Optional.of(holder), authenticator.byHeader("BEARER " + viewer.text()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer arena_abcdefgh_short",
        "Bearer arena_ABCDEFGH_0000000000000000000000000000000000000000000",
        "Bearer arena_abcdefgh_00000000000000000000000000000000000000000\u00e90",
        "Bearer arena_abcdefgh_0000000000000000000000000000000000000000000"
      })
  void findsNoCallerByMalformedOrUnknownTokens(String header) {
    assertEquals(Optional.empty(), authenticator.byHeader(header));
  }

  @Test
  void findsNoCallerWithoutHeaderOrByLongOnes() {
    assertEquals(Optional.empty(), authenticator.byHeader(null));
    assertEquals(Optional.empty(), authenticator.byHeader("Bearer " + "a".repeat(8_192)));
    assertEquals(Optional.empty(), bearer(viewer.text() + "," + viewer.text()));
    assertEquals(Optional.empty(), bearer(" " + viewer.text()));
    assertEquals(0, store.reads(), "malformed tokens are not looked up");
  }

  @Test
  void findsNoCallerByAnotherSecretOfAKnownId() {
    String text = viewer.text();
    for (int i = text.length() - 43; i < text.length(); i++) {
      char other = text.charAt(i) == 'A' ? 'B' : 'A';
      String changed = text.substring(0, i) + other + text.substring(i + 1);
      assertEquals(Optional.empty(), bearer(changed));
    }
  }

  @Test
  void findsNoCallerByExpiredOrRevokedTokens() {
    now = now.plus(Duration.ofDays(1)).minusSeconds(1);
    assertTrue(bearer(viewer.text()).isPresent());
    store.revoke(viewer.token().id(), now);
    assertEquals(Optional.empty(), bearer(viewer.text()));
    Tokens.Created other = tokens.create(Role.VIEWER, "o", Duration.ofSeconds(5));
    now = now.plusSeconds(5);
    assertEquals(Optional.empty(), bearer(other.text()));
  }

  @Test
  void findsNoCallerByTokensOfAnotherStack() {
    SimulatedAccess other = new SimulatedAccess();
    String text =
        new Tokens(other, () -> now, new SecureRandom())
            .create(Role.OPERATOR, "x", Duration.ofDays(1))
            .text();

    assertEquals(Optional.empty(), bearer(text));
  }

  private Principal holder() {
    return bearer(viewer.text()).orElseThrow();
  }

  @Test
  void acceptsATicketOnce() {
    String ticket = tickets.issue(holder(), Optional.of(RUN)).text();

    Principal caller = authenticator.byTicket(ticket).orElseThrow();
    assertEquals(holder().id(), caller.id());
    assertTrue(caller.mayRead(RUN));
    assertFalse(caller.mayRead(RunId.of("f".repeat(32))));
    assertEquals(Optional.empty(), authenticator.byTicket(ticket));
    Authenticator restarted = new Authenticator(store, () -> now);
    assertEquals(Optional.empty(), restarted.byTicket(ticket), "after a restart");
  }

  @Test
  void acceptsTicketsForThirtySeconds() {
    String used = tickets.issue(holder(), Optional.empty()).text();
    String late = tickets.issue(holder(), Optional.empty()).text();
    now = now.plusMillis(29_999);
    assertTrue(authenticator.byTicket(used).isPresent());
    now = now.plusMillis(1);
    assertEquals(Optional.empty(), authenticator.byTicket(late));
  }

  @Test
  void acceptsNoTicketOfARevokedToken() {
    String ticket = tickets.issue(holder(), Optional.empty()).text();
    store.revoke(viewer.token().id(), now);
    assertEquals(Optional.empty(), authenticator.byTicket(ticket));
  }

  @Test
  void acceptsNoTokenAsATicketAndNoTicketAsAToken() {
    String ticket = tickets.issue(holder(), Optional.empty()).text();
    assertEquals(Optional.empty(), bearer(ticket));
    assertEquals(Optional.empty(), authenticator.byTicket(viewer.text()));
    assertEquals(Optional.empty(), authenticator.byTicket(null));
    assertEquals(Optional.empty(), authenticator.byTicket("ticket_" + "a".repeat(8_192)));
  }

  @Test
  void noticesARevocationWithinTwentySeconds() {
    ActiveTokens active = new ActiveTokens(store, () -> now);
    Principal caller = holder();
    int reads = store.reads();
    for (int i = 0; i < 1_000; i++) {
      assertTrue(active.isActive(caller));
    }
    assertEquals(reads + 1, store.reads());
    store.revoke(caller.id(), now);
    now = now.plus(ActiveTokens.MAX_AGE);
    assertFalse(active.isActive(caller));
    assertTrue(active.isActive(Principal.LOCAL));
  }

  @Test
  void noticesAnExpiryAtOnce() {
    ActiveTokens active = new ActiveTokens(store, () -> now);
    Principal caller = holder();
    assertTrue(active.isActive(caller));
    now = caller.expiresAt();
    assertFalse(active.isActive(caller));
  }

  @Test
  void keepsSecretsOutOfTexts() {
    String secret = viewer.text().substring(15);
    Tickets.Issued issued = tickets.issue(holder(), Optional.empty());
    for (Object value :
        List.of(viewer, viewer.token(), issued, TokenText.parse(viewer.text()).orElseThrow())) {
      assertFalse(value.toString().contains(secret), value.getClass().getName());
      assertFalse(value.toString().contains(viewer.token().secretHash()));
    }
    assertFalse(issued.toString().contains(issued.text()));
  }

  @Test
  void readsItsOwnContext() {
    Principal limited =
        new Principal("abcdefgh", Role.VIEWER, Optional.of(RUN), Instant.ofEpochSecond(7));
    assertEquals(Optional.of(limited), Principal.ofContext(limited.toContext()));
    assertEquals(Optional.of(Principal.LOCAL), Principal.ofContext(Principal.LOCAL.toContext()));
    assertEquals(Optional.empty(), Principal.ofContext(null));
    assertEquals(Optional.empty(), Principal.ofContext(Map.of()));
    assertEquals(
        Optional.empty(), Principal.ofContext(Map.of("principal", "x", "role", "operator")));
    assertEquals(
        Optional.empty(),
        Principal.ofContext(Map.of("principal", "x", "role", "root", "expires_at", "9999")));
    assertEquals(
        Optional.empty(),
        Principal.ofContext(
            Map.of("principal", "x", "role", "viewer", "expires_at", "9999", "run_id", "?")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\u001b[2J", "a\nb", "\u202e", "a;b"})
  void rejectsLabelsThatAreNotPlain(String label) {
    assertThrows(
        IllegalArgumentException.class,
        () -> tokens.create(Role.VIEWER, label, Duration.ofDays(1)));
  }
}
