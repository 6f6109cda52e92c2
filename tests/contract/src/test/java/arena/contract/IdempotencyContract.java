package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.idempotency.Idempotency;
import arena.idempotency.KeyReused;
import arena.run.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The contract of {@link Idempotency}; each implementation has a subclass. */
abstract class IdempotencyContract {
  private static final RunId ONE = RunId.of("11111111111111111111111111111111");
  private static final RunId TWO = RunId.of("22222222222222222222222222222222");
  private static final RunId THREE = RunId.of("33333333333333333333333333333333");
  private static final RunId FOUR = RunId.of("44444444444444444444444444444444");
  private static final RunId OTHER = RunId.of("ffffffffffffffffffffffffffffffff");

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
        new Idempotency.Registration(ONE, Optional.empty()),
        idempotency().register("k", "body", ONE));
    assertEquals(
        new Idempotency.Registration(ONE, Optional.empty()),
        idempotency().register("k", "body", TWO));
    assertEquals(OTHER, idempotency().register("k2", "body", OTHER).runId());
  }

  @Test
  void keepsTheFirstAnswer() {
    idempotency().register("k", "body", ONE);
    assertEquals("the answer", idempotency().recordResponse("k", "the answer"));
    assertEquals("the answer", idempotency().recordResponse("k", "a later one"));
    assertEquals(
        new Idempotency.Registration(ONE, Optional.of("the answer")),
        idempotency().register("k", "body", TWO));
  }

  @Test
  void rejectsDifferentBodyForTheSameKey() {
    idempotency().register("k", "body", ONE);
    assertThrows(KeyReused.class, () -> idempotency().register("k", "other body", TWO));
    assertEquals(ONE, idempotency().register("k", "body", THREE).runId());
  }

  @Test
  void renewsRunIdOnce() {
    idempotency().register("k", "body", ONE);
    assertEquals(TWO, idempotency().replaceRunId("k", ONE, TWO));
    assertEquals(TWO, idempotency().replaceRunId("k", ONE, THREE), "already renewed");
    assertEquals(TWO, idempotency().register("k", "body", FOUR).runId());
  }

  @Test
  void expiresKeyAfterOneDay() {
    idempotency().register("k", "body", ONE);
    Instant justBefore = NOW.plus(Idempotency.RETENTION).minusSeconds(1);
    assertEquals(ONE, idempotency(justBefore).register("k", "body", TWO).runId());
    Instant after = NOW.plus(Idempotency.RETENTION).plusSeconds(1);
    assertEquals(THREE, idempotency(after).register("k", "other body", THREE).runId());
  }

  @Test
  void acceptsOneOfManyConcurrentRequests() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<RunId>> ids = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        RunId proposed = RunId.of(String.format(Locale.ROOT, "%032x", i));
        ids.add(threads.submit(() -> idempotency().register("k", "body", proposed).runId()));
      }
      HashSet<RunId> distinct = new HashSet<>();
      for (Future<RunId> id : ids) {
        distinct.add(id.get());
      }
      assertEquals(1, distinct.size(), distinct.toString());
    }
  }
}
