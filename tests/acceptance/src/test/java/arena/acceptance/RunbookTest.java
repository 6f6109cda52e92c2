package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import arena.local.client.ArenaClient;
import arena.local.client.LiveReader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executes RUNBOOK.md for a run whose model hangs. */
final class RunbookTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final ArenaClient arena = AcceptanceStack.shared().client();

  @TempDir Path folder;

  private ExecutablePage page() throws Exception {
    return new ExecutablePage("RUNBOOK.md", folder);
  }

  @Test
  void everyBlockPrintsTheDocumentedOutput() throws Exception {
    assumeTrue(ExecutablePage.canRun(), "it needs bash, curl and redis-cli on the PATH");
    String run =
        arena.startRun(
            "{\"n_turns\":5,\"profile\":{\"name\":\"stuck\",\"model\":\"openai:hang\"}}");
    try (LiveReader reader = arena.live()) {
      reader.subscribe(run, 1);
      reader.next(BOUND); // the model is called after these events
      int ran = page().execute(run);
      assertTrue(ran >= 9, ran + " blocks");
      assertEquals("failed", reader.untilClosed(run, BOUND, _ -> {}).status());
    }
    assertEquals("Stopped", arena.get("/runs/" + run).expect(200).at("/error/code").textValue());
    JsonNode report = MAPPER.readTree(folder.resolve("report-" + run + ".json").toFile());
    assertEquals(run, report.get("report_on").textValue());
    assertFalse(report.at("/log/lines").isEmpty());
  }

  @Test
  void stepsAreInOrder() throws Exception {
    assertEquals(
        List.of(
            "1. Log",
            "2. Counters",
            "3. Where each replay waits",
            "4. Broker's keys",
            "5. Recover",
            "6. File the bug"),
        page().headings());
  }
}
