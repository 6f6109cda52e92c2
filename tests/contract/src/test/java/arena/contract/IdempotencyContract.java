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

/** The contract of {@link Idempotency}; each implementation has a subclass. */
abstract class IdempotencyContract {
  /** In the future, so that nothing expires by the machine's clock. */
  static final Instant NOW = Instant.parse("2126-01-31T12:00:00Z");

  /** The store under test at the time {@code now}; all instances of a test share their data. */
  abstract Idempotency idempotency(Instant now);

  private Idempotency idempotency() {
    return idempotency(NOW);
  }

  @Test
  void returnsTheFirstRunIdForRepeatedRequests() {
    assertEquals(
        new Idempotency.Registration("one", Optional.empty()),
        idempotency().register("k", "body", "one"));
    assertEquals(
        new Idempotency.Registration("one", Optional.empty()),
        idempotency().register("k", "body", "two"));
    assertEquals("other", idempotency().register("k2", "body", "other").runId());
  }

  @Test
  void keepsTheFirstAnswer() {
    idempotency().register("k", "body", "one");
    assertEquals("the answer", idempotency().recordResponse("k", "the answer"));
    assertEquals("the answer", idempotency().recordResponse("k", "a later one"));
    assertEquals(
        new Idempotency.Registration("one", Optional.of("the answer")),
        idempotency().register("k", "body", "two"));
  }

  @Test
  void rejectsDifferentBodyForTheSameKey() {
    idempotency().register("k", "body", "one");
    assertThrows(KeyReused.class, () -> idempotency().register("k", "other body", "two"));
    assertEquals("one", idempotency().register("k", "body", "three").runId());
  }

  @Test
  void renewsRunIdOnce() {
    idempotency().register("k", "body", "one");
    assertEquals("two", idempotency().replaceRunId("k", "one", "two"));
    assertEquals("two", idempotency().replaceRunId("k", "one", "three"), "already renewed");
    assertEquals("two", idempotency().register("k", "body", "four").runId());
  }

  @Test
  void expiresKeyAfterOneDay() {
    idempotency().register("k", "body", "one");
    Instant justBefore = NOW.plus(Idempotency.RETENTION).minusSeconds(1);
    assertEquals("one", idempotency(justBefore).register("k", "body", "two").runId());
    Instant after = NOW.plus(Idempotency.RETENTION).plusSeconds(1);
    assertEquals("three", idempotency(after).register("k", "other body", "three").runId());
  }

  @Test
  void acceptsOneOfManyConcurrentRequests() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> ids = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String proposed = "run-" + i;
        ids.add(threads.submit(() -> idempotency().register("k", "body", proposed).runId()));
      }
      HashSet<String> distinct = new HashSet<>();
      for (Future<String> id : ids) {
        distinct.add(id.get());
      }
      assertEquals(1, distinct.size(), distinct.toString());
    }
  }
}
