package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import arena.models.Behaviour;
import arena.models.ModelCall;
import arena.models.Reply;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/** Executes BROKER.md with a run in flight, which must not notice. */
final class BrokerPageTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int TURNS = 200;

  /** The model's time for an answer, until {@link #released}. */
  private static final long ANSWER_MILLIS = 1_000;

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();
  private final CountDownLatch released = new CountDownLatch(1);

  @TempDir Path folder;

  private ExecutablePage page() throws Exception {
    return new ExecutablePage("BROKER.md", folder);
  }

  /** Undoes what a block that failed has left in the shared Redis. */
  @AfterEach
  void restoreRedis() {
    String password = stack.stack().redisPassword();
    for (String one : List.of(password, "the-next-password-of-the-broker")) {
      DefaultJedisClientConfig config = DefaultJedisClientConfig.builder().password(one).build();
      HostAndPort address = new HostAndPort(stack.stack().redisHost(), stack.stack().redisPort());
      try (Jedis redis = new Jedis(address, config)) {
        redis.replicaofNoOne();
        redis.configSet("maxmemory", "1gb");
        redis.configSet("requirepass", password);
        return;
      } catch (JedisDataException e) {
        // WRONGPASS
      }
    }
    throw new AssertionError("Redis has an unknown password");
  }

  private Reply reply(ModelCall call) {
    try {
      boolean _ = released.await(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Reply.text(Behaviour.ANSWER);
  }

  @Test
  void everyBlockPrintsTheDocumentedOutputAndTheRunCompletes() throws Exception {
    assumeTrue(ExecutablePage.canRun(), "it needs bash, curl and redis-cli on the PATH");
    stack.models().when("one-second", this::reply);
    String run =
        arena.startRun(
            String.format(
                Locale.ROOT,
                "{\"n_turns\":%d,\"profile\":{\"model\":\"openai:one-second\"}}",
                TURNS));
    try (LiveReader reader = arena.live()) {
      reader.subscribe(run, 1);
      reader.next(BOUND);
      int ran = page().execute(run);
      assertTrue(ran >= 15, ran + " blocks");
    }
    assertEquals("running", arena.get("/runs/" + run).expect(200).get("status").textValue());
    released.countDown();
    JsonNode row = arena.awaitEnd(run, BOUND);
    assertEquals("complete", row.get("status").textValue());
    try (LiveReader reader = arena.live()) {
      reader.subscribe(run, 1);
      List<Envelope> events = reader.untilClosed(run, BOUND, _ -> {}).events();
      assertEquals(arena.events(run, 1), events);
      assertEquals(row.get("n_events").longValue(), events.size());
    }
  }

  @Test
  void sectionsAreInOrder() throws Exception {
    assertEquals(
        List.of(
            "1. Reach it",
            "2. Keys",
            "3. Memory",
            "4. Failover",
            "5. Password",
            "6. Flush and restore",
            "7. Outage",
            "8. Symptoms"),
        page().headings());
  }
}
