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
        new Idempotency.Registration("one", Optional.empty()),
        idempotency().register("k", "body", "one"));
    assertEquals(
        new Idempotency.Registration("one", Optional.empty()),
        idempotency().register("k", "body", "two"));
    assertEquals("other", idempotency().register("k2", "body", "other").runId());
  }

  @Test
  void anAnswerIsKeptAndTheFirstOneStays() {
    idempotency().register("k", "body", "one");
    assertEquals("the answer", idempotency().recordResponse("k", "the answer"));
    assertEquals("the answer", idempotency().recordResponse("k", "a later one"));
    assertEquals(
        new Idempotency.Registration("one", Optional.of("the answer")),
        idempotency().register("k", "body", "two"));
  }

  @Test
  void anotherBodyUnderTheSameKeyIsRefusedAndChangesNothing() {
    idempotency().register("k", "body", "one");
    assertThrows(KeyReused.class, () -> idempotency().register("k", "other body", "two"));
    assertEquals("one", idempotency().register("k", "body", "three").runId());
  }

  @Test
  void aRequestMayBeGivenAnotherRunOnce() {
    idempotency().register("k", "body", "one");
    assertEquals("two", idempotency().replaceRunId("k", "one", "two"));
    assertEquals(
        "two", idempotency().replaceRunId("k", "one", "three"), "somebody else was quicker");
    assertEquals("two", idempotency().register("k", "body", "four").runId());
  }

  @Test
  void aKeyIsFreeAgainAfterADay() {
    idempotency().register("k", "body", "one");
    Instant justBefore = NOW.plus(Idempotency.RETENTION).minusSeconds(1);
    assertEquals("one", idempotency(justBefore).register("k", "body", "two").runId());
    Instant after = NOW.plus(Idempotency.RETENTION).plusSeconds(1);
    assertEquals("three", idempotency(after).register("k", "other body", "three").runId());
  }

  @Test
  void ofManyAtOnceOneIsTheFirst() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> ids = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String offered = "run-" + i;
        ids.add(threads.submit(() -> idempotency().register("k", "body", offered).runId()));
      }
      HashSet<String> distinct = new HashSet<>();
      for (Future<String> id : ids) {
        distinct.add(id.get());
      }
      assertEquals(1, distinct.size(), distinct.toString());
    }
  }
}
