package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.LiveReader;
import arena.runtime.AwsClients;
import arena.world.Age;
import arena.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A payload that is not in the bucket is reported as missing, not as forbidden. */
final class MissingPayloadTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  private final AcceptanceStack acceptance = AcceptanceStack.shared();
  private final ArenaClient arena = acceptance.client();

  @Test
  void isReportedByEachFunctionThatReadsIt() throws IOException {
    World world =
        new World(
            0,
            0,
            0,
            0,
            1,
            5,
            Age.DARK,
            Collections.nCopies(9_000, "archery_range"),
            List.of(),
            0,
            0);
    String run = acceptance.operator().begin(world);
    String bucket = acceptance.stack().resource("Bucket");
    String prefix = "payloads/" + run + "/";
    try (S3Client s3 = AwsClients.s3()) {
      List<String> keys =
          s3.listObjectsV2(list -> list.bucket(bucket).prefix(prefix)).contents().stream()
              .map(S3Object::key)
              .toList();
      assertEquals(2, keys.size(), "the event and the state");
      List<ResponseBytes<GetObjectResponse>> objects =
          keys.stream()
              .map(key -> s3.getObjectAsBytes(get -> get.bucket(bucket).key(key)))
              .toList();
      keys.forEach(key -> s3.deleteObject(delete -> delete.bucket(bucket).key(key)));
      try {
        assertReported(run, prefix);
      } finally {
        for (int i = 0; i < keys.size(); i++) {
          String key = keys.get(i);
          RequestBody body = RequestBody.fromBytes(objects.get(i).asByteArray());
          s3.putObject(put -> put.bucket(bucket).key(key), body);
        }
      }
    }
    acceptance.operator().call("finalize-run", finalization(run));
    acceptance.operator().call("finalize-run", "{\"run_id\":\"" + run + "\",\"close\":true}");
  }

  private static String finalization(String run) {
    return "{\"run_id\":\"" + run + "\",\"status\":\"complete\"}";
  }

  private void assertReported(String run, String prefix) throws IOException {
    arena
        .post("/forks", "{\"parent_run_id\":\"" + run + "\",\"parent_t\":0,\"n_turns\":0}")
        .expect(500);
    arena.get("/events?run_id=" + run).expect(500);
    String task =
        String.format(
            Locale.ROOT,
            "{\"run_id\":\"%s\",\"t\":0,\"seq\":2,\"position\":0,\"turns_left\":1,\"profile\":{\"name\":\"p\",\"model\":\"scripted\"},\"done\":false}",
            run);
    String played = acceptance.operator().invoke("replay-turn", task).payload();
    assertTrue(played.contains("missing S3 object " + prefix), played);
    String finalized = acceptance.operator().invoke("finalize-run", finalization(run)).payload();
    assertTrue(finalized.contains("missing S3 object " + prefix), finalized);
    for (String function : List.of("create-fork", "read-runs")) {
      assertTrue(logged(function, prefix), "not in the log of " + function);
    }
    // A buffer that had the event and was trimmed: the reader gets it from the journal.
    String keys = "arena:run:" + run;
    try (LiveReader reader = arena.live();
        Jedis redis = acceptance.redis()) {
      redis.set(keys + ":open", "{}");
      redis.set(keys + ":seq", "1");
      redis.xadd(keys + ":events", new StreamEntryID(1, 0), Map.of("e", "{}"));
      redis.xdel(keys + ":events", new StreamEntryID(1, 0));
      reader.subscribe(run, 1);
      Instant deadline = Instant.now().plus(BOUND);
      while (!logged("stream-events", prefix)) {
        assertTrue(Instant.now().isBefore(deadline), "not in the log of stream-events");
        LockSupport.parkNanos(POLL_INTERVAL.toNanos());
      }
    }
  }

  private boolean logged(String function, String prefix) throws IOException {
    return Files.readString(acceptance.stack().log(function))
        .contains("missing S3 object " + prefix);
  }
}
