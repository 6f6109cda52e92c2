package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What callers and operators see when the role of a function lacks a right. */
@Order(Orders.FIRST)
final class PermissionsTest {
  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final String RUN =
      "{\"n_turns\":2,\"profile\":{\"name\":\"p\",\"model\":\"scripted\"}}";

  private final AcceptanceStack acceptance = AcceptanceStack.shared();
  private final ArenaClient arena = acceptance.client();
  private Runnable restore = () -> {};

  private void revoke(String holder, String sid) {
    acceptance.awaitNoRuns();
    acceptance.awaitAsyncInvocations();
    restore = acceptance.stack().revoke(holder, sid);
  }

  @AfterEach
  void restore() {
    restore.run();
  }

  private static String missing(String action, String resource) {
    return "is not authorized to perform: " + action + " on resource: " + resource;
  }

  @Test
  void returns500WithoutTheReasonAndLogsTheMissingRight() throws IOException {
    revoke("create-run", "CreateRun");
    JsonNode error = arena.post("/runs", RUN).expect(500).path("error");
    assertEquals("internal_error", error.path("code").asText());
    assertFalse(error.toString().contains("arn:"), error.toString());
    String log = Files.readString(acceptance.stack().log("create-run"));
    assertTrue(
        log.contains(
            missing("dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:000000000000:table/arena-")),
        "the log of create-run does not have the missing right");
  }

  @Test
  void failsRunAndNamesTheMissingRightOfATurn() {
    revoke("replay-turn", "WriteTurn");
    String run = arena.startRun(RUN);
    JsonNode row = arena.awaitEnd(run, BOUND);
    assertEquals("failed", row.path("status").asText());
    String right = "dynamodb:Query";
    assertTrue(
        row.path("error").path("message").asText().contains(missing(right, "arn:aws:dynamodb:")),
        row.toString());
    String summary = arena.get("/runs/" + run + "/diagnosis").expect(200).path("summary").asText();
    assertTrue(
        summary.contains("Its role lacks the right " + right + " on arn:aws:dynamodb:"), summary);
  }

  @Test
  void readsAreRefusedWhileTheirRightIsMissing() {
    revoke("read-runs", "ReadCatalog");
    assertEquals(
        "internal_error", arena.get("/runs").expect(500).path("error").path("code").asText());
    restore.run();
    arena.get("/runs").expect(200);
  }
}
