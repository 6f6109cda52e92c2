package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.comparison.ComparisonId;
import arena.json.Json;
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

  /** A test that may read files. */
  private interface Body {
    void run() throws IOException;
  }

  /** Begins a run whose state is too large for an item. */
  private String begin() {
    List<String> buildings = Collections.nCopies(9_000, "archery_range");
    World world = new World(0, 0, 0, 0, 1, 5, Age.DARK, buildings, List.of(), 0, 0);
    return acceptance.operator().begin(world);
  }

  private void end(String run) {
    acceptance.operator().call("finalize-run", finalization(run));
    acceptance.operator().call("finalize-run", "{\"run_id\":\"" + run + "\",\"close\":true}");
  }

  /** Runs a test while the objects with a prefix are not in the bucket. */
  private void without(String prefix, int objects, Body body) throws IOException {
    String bucket = acceptance.stack().resource("Bucket");
    try (S3Client s3 = AwsClients.s3()) {
      List<String> keys =
          s3.listObjectsV2(list -> list.bucket(bucket).prefix(prefix)).contents().stream()
              .map(S3Object::key)
              .toList();
      assertEquals(objects, keys.size(), keys::toString);
      List<ResponseBytes<GetObjectResponse>> contents =
          keys.stream()
              .map(key -> s3.getObjectAsBytes(get -> get.bucket(bucket).key(key)))
              .toList();
      keys.forEach(key -> s3.deleteObject(delete -> delete.bucket(bucket).key(key)));
      try {
        body.run();
      } finally {
        for (int i = 0; i < keys.size(); i++) {
          String key = keys.get(i);
          RequestBody content = RequestBody.fromBytes(contents.get(i).asByteArray());
          s3.putObject(put -> put.bucket(bucket).key(key), content);
        }
      }
    }
  }

  private static String prefix(String run) {
    return "payloads/" + run + "/";
  }

  @Test
  void isReportedByEachFunctionThatReadsIt() throws IOException {
    String run = begin();
    // the event and the state
    without(prefix(run), 2, () -> assertReported(run, prefix(run)));
    end(run);
  }

  @Test
  void isReportedByTheFunctionsOfExperiments() throws IOException {
    String parent = begin();
    String experiment =
        "{\"parent_run_id\":\"%s\",\"parent_t\":0,\"n_turns\":1,\"replicas\":1,\"arms\":[{\"name\":\"as it was\"},{\"name\":\"hangs\",\"mutation\":{\"food\":1500},\"profile\":{\"model\":\"openai:hang\"}}]}"
            .formatted(parent);
    without(prefix(parent), 2, () -> arena.post("/experiments", experiment).expect(500));
    assertTrue(logged("create-comparison", prefix(parent)), "not in the log");

    ComparisonId id =
        ComparisonId.of(
            arena.post("/experiments", experiment).expect(202).path("experiment_id").asText());
    String cell = id.runOf(1).value();
    Instant deadline = Instant.now().plus(BOUND);
    while (arena.get("/runs/" + cell).status() != 200) {
      assertTrue(Instant.now().isBefore(deadline), "the cell does not start");
    }
    String task =
        Json.object()
            .put("step", "start")
            .put("comparison_id", id.value())
            .put("cell", 1)
            .toString();
    // A repeated start writes what is missing before it reads it.
    without(
        prefix(cell) + "2-",
        1,
        () -> assertEquals("play", acceptance.invoke("play-cell", task).path("action").asText()));
    arena.post("/experiments/" + id + "/cancel", "{}").expect(202);
    acceptance.awaitNoComparisons();
    end(parent);
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
