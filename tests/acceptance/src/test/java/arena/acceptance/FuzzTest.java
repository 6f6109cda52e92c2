package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Role;
import arena.local.client.ArenaClient;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Sends generated requests and messages to both APIs, with and without tokens: no answer is a 5xx,
 * none is missing, nothing is readable without a token, and memory does not grow. For some seconds,
 * or as many as the environment variable {@code ARENA_FUZZ_SECONDS} names.
 */
@Order(Orders.FIRST)
final class FuzzTest {
  private static final Duration DURATION =
      Duration.ofSeconds(Long.parseLong(System.getenv().getOrDefault("ARENA_FUZZ_SECONDS", "4")));

  private static final long SEED =
      Long.parseLong(System.getenv().getOrDefault("ARENA_FUZZ_SEED", "1"));

  /** Longest wait for the parts to end after the duration. */
  private static final Duration BOUND = Duration.ofSeconds(60);

  /** Growth of the heap that is not a leak: caches, class files and buffers. */
  private static final long MAX_GROWTH = 96L << 20;

  /** In the run's row, events and reports, and in nothing that a stranger may get. */
  private static final String LABEL = "not-for-strangers";

  private final AcceptanceStack acceptance = AcceptanceStack.shared();

  @Test
  void answersGeneratedInput() throws Exception {
    String runId = acceptance.client().startRun("{\"n_turns\":3,\"label\":\"" + LABEL + "\"}");
    acceptance.client().awaitEnd(runId, BOUND);
    acceptance.withTokens(
        () -> {
          try {
            fuzz(runId);
          } catch (ExecutionException e) {
            throw new AssertionError("seed " + SEED + ": " + e.getCause(), e.getCause());
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    acceptance.client().get("/runs/" + runId).expect(200);
  }

  private void fuzz(String runId) throws Exception {
    String token = acceptance.stack().createToken(Role.VIEWER, "fuzz");
    String operating = acceptance.stack().createToken(Role.OPERATOR, "fuzz");
    URI http = acceptance.stack().httpUrl();
    try (ArenaClient viewer = acceptance.client(Optional.of(token));
        ArenaClient operator = acceptance.client(Optional.of(operating));
        ExecutorService threads = Executors.newCachedThreadPool()) {
      long deadline = System.nanoTime() + DURATION.toNanos() / 10;
      run(threads, parts(http, viewer, operator, token, runId, deadline)); // fills caches
      long before = usedBytes();
      deadline = System.nanoTime() + DURATION.toNanos();
      long sent = run(threads, parts(http, viewer, operator, token, runId, deadline));
      acceptance.awaitAsyncInvocations();
      long growth = usedBytes() - before;
      System.out.printf(
          Locale.ROOT,
          "fuzz: %,d requests and messages in %d s; the heap grew by %,d KB%n",
          sent,
          DURATION.toSeconds(),
          growth >> 10);
      assertTrue(sent > 100, sent + " requests and messages");
      assertTrue(growth < MAX_GROWTH, growth + " bytes more");
    }
  }

  private List<Callable<Long>> parts(
      URI http,
      ArenaClient viewer,
      ArenaClient operator,
      String token,
      String runId,
      long deadline) {
    List<Callable<Long>> parts = new ArrayList<>();
    RandomGenerator comparisons = random(6);
    parts.add(() -> new ComparisonFuzzer(comparisons, operator, runId).until(deadline));
    for (int i = 0; i < 2; i++) {
      RandomGenerator messages = random(3L * i);
      parts.add(() -> new MessageFuzzer(messages, viewer, runId).until(deadline));
      RandomGenerator strangers = random(3L * i + 1);
      parts.add(
          () ->
              new RequestFuzzer(strangers, http, runId, Optional.empty())
                  .until(deadline, FuzzTest::assertNothingRead));
      RandomGenerator viewers = random(3L * i + 2);
      parts.add(
          () ->
              new RequestFuzzer(viewers, http, runId, Optional.of(token))
                  .until(deadline, FuzzTest::assertNoServerError));
    }
    return parts;
  }

  private static RandomGenerator random(long part) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(SEED * 1_000 + part);
  }

  /**
   * Runs the parts, until all end or one fails: the others then stop, near its time in the logs.
   */
  private static long run(ExecutorService threads, List<Callable<Long>> parts) throws Exception {
    CompletionService<Long> ended = new ExecutorCompletionService<>(threads);
    parts.forEach(ended::submit);
    long sum = 0;
    try {
      for (int i = 0; i < parts.size(); i++) {
        Future<Long> next = ended.poll(DURATION.plus(BOUND).toSeconds(), TimeUnit.SECONDS);
        assertNotNull(next, "a part did not end " + BOUND + " after its time");
        sum += next.get();
      }
      return sum;
    } catch (ExecutionException | AssertionError e) {
      threads.shutdownNow();
      throw e;
    }
  }

  private static void assertNoServerError(RequestFuzzer.Exchange exchange) {
    assertTrue(exchange.status() < 500, exchange::toString);
    assertTrue(exchange.status() >= 200, exchange::toString);
  }

  private static void assertNothingRead(RequestFuzzer.Exchange exchange) {
    assertNoServerError(exchange);
    assertTrue(!exchange.response().contains(LABEL), exchange::toString);
    boolean open = exchange.request().contains(" /deployment"); // or a page of the console
    if (exchange.status() < 300 && exchange.headers().contains("application/json") && !open) {
      assertEquals("{\"status\":\"ok\"}", exchange.body(), exchange::toString);
    }
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) { // also what finalizers and cleaners free
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
