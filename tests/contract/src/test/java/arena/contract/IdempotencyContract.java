package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.idempotency.Idempotency;
import arena.idempotency.KeyReused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What whoever remembers requests promises. */
abstract class IdempotencyContract {
  /** Ahead of the machine's clock: whatever expires by that one does not. */
  static final Instant NOW = Instant.parse("2126-01-31T12:00:00Z");

  /** The one under test, at this time; all of a test's are about the same requests. */
  abstract Idempotency idempotency(Instant now);

  private Idempotency idempotency() {
    return idempotency(NOW);
  }

  @Test
  void theFirstRequestGetsTheIdThatIsOfferedAndLaterOnesTheSame() {
    assertEquals(
        new Idempotency.Noted("one", Optional.empty()), idempotency().note("k", "body", "one"));
    assertEquals(
        new Idempotency.Noted("one", Optional.empty()), idempotency().note("k", "body", "two"));
    assertEquals("other", idempotency().note("k2", "body", "other").runId());
  }

  @Test
  void anAnswerIsKeptAndTheFirstOneStays() {
    idempotency().note("k", "body", "one");
    assertEquals("the answer", idempotency().answered("k", "the answer"));
    assertEquals("the answer", idempotency().answered("k", "a later one"));
    assertEquals(
        new Idempotency.Noted("one", Optional.of("the answer")),
        idempotency().note("k", "body", "two"));
  }

  @Test
  void anotherBodyUnderTheSameKeyIsRefusedAndChangesNothing() {
    idempotency().note("k", "body", "one");
    assertThrows(KeyReused.class, () -> idempotency().note("k", "other body", "two"));
    assertEquals("one", idempotency().note("k", "body", "three").runId());
  }

  @Test
  void aRequestMayBeGivenAnotherRunOnce() {
    idempotency().note("k", "body", "one");
    assertEquals("two", idempotency().renew("k", "one", "two"));
    assertEquals("two", idempotency().renew("k", "one", "three"), "somebody else was quicker");
    assertEquals("two", idempotency().note("k", "body", "four").runId());
  }

  @Test
  void aKeyIsFreeAgainAfterADay() {
    idempotency().note("k", "body", "one");
    Instant justBefore = NOW.plus(Idempotency.KEEP).minusSeconds(1);
    assertEquals("one", idempotency(justBefore).note("k", "body", "two").runId());
    Instant after = NOW.plus(Idempotency.KEEP).plusSeconds(1);
    assertEquals("three", idempotency(after).note("k", "other body", "three").runId());
  }

  @Test
  void ofManyAtOnceOneIsTheFirst() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> ids = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String offered = "run-" + i;
        ids.add(threads.submit(() -> idempotency().note("k", "body", offered).runId()));
      }
      HashSet<String> distinct = new HashSet<>();
      for (Future<String> id : ids) {
        distinct.add(id.get());
      }
      assertEquals(1, distinct.size(), distinct.toString());
    }
  }
}
