package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.json.Json;
import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** One run as a file. */
class ExportTest {
  private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();
  private final String runId = PlayedRuns.shared().parent();

  private Path archive() {
    String address = arena.get("/runs/" + runId).expect(200).path("db_path").asText();
    return stack.stack().home().resolve("s3").resolve(address.substring("s3://".length()));
  }

  private static byte[] download(String url) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(url)).timeout(BOUND).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      assertEquals(200, answer.statusCode());
      String disposition = answer.headers().firstValue("content-disposition").orElse("");
      assertTrue(disposition.startsWith("attachment;"), disposition);
      return answer.body();
    }
  }

  @Test
  void redirectsToTheArchive() throws Exception {
    ArenaClient.Answer answer = arena.get("/runs/" + runId + "/export");
    assertEquals(302, answer.status(), answer.text());
    HttpContractTest.assertDescribed("GET /runs/{run_id}/export", answer);
    String location = answer.response().headers().firstValue("location").orElseThrow();
    assertArrayEquals(Files.readAllBytes(archive()), download(location));
  }

  @Test
  void returnsTheAddressToAClientThatAcceptsJson() throws Exception {
    ArenaClient.Answer answer =
        arena.send(
            arena.request("/runs/" + runId + "/export").header("accept", "application/json").GET());
    HttpContractTest.assertDescribed("GET /runs/{run_id}/export", answer);
    String url = answer.expect(200).path("url").asText();
    assertArrayEquals(Files.readAllBytes(archive()), download(url));
  }

  @Test
  void hasEveryEventOnALine() throws Exception {
    List<JsonNode> events = new ArrayList<>();
    String path = "/runs/" + runId + "/export?format=jsonl&from_seq=3";
    for (int pages = 0; !path.isEmpty() && pages < 10; pages++) {
      ArenaClient.Answer page = arena.get(path);
      assertEquals(200, page.status(), page.text());
      for (String line : page.text().lines().toList()) {
        events.add(Json.read(line));
      }
      Matcher next = NEXT.matcher(page.response().headers().firstValue("link").orElse(""));
      path = next.find() ? next.group(1) : "";
    }
    JsonNode page = arena.get("/events?from_seq=3&run_id=" + runId).expect(200).path("events");
    List<JsonNode> expected = new ArrayList<>();
    page.forEach(expected::add);
    assertEquals(expected, events);
    assertTrue(events.size() > 10);
  }

  @Test
  void rejectsOtherFormats() {
    String path = "/runs/" + runId + "/export?";
    for (String query : List.of("format=csv", "from_seq=2", "format=jsonl&from_seq=0", "limit=2")) {
      Exchange.rejectedGet("GET /runs/{run_id}/export", path + query, 422, "invalid_field")
          .assertResponse(arena);
    }
    Exchange.rejectedGet(
            "GET /runs/{run_id}/export", "/runs/" + "0".repeat(32) + "/export", 404, "unknown_run")
        .assertResponse(arena);
  }

  @Test
  void hasNoArchiveOfARunningRun() {
    String running = arena.startRun("{\"n_turns\":1,\"profile\":{\"model\":\"openai:hang\"}}");
    Exchange.rejectedGet(
            "GET /runs/{run_id}/export", "/runs/" + running + "/export", 409, "not_archived")
        .assertResponse(arena);
    arena.post("/runs/" + running + "/stop", "");
    arena.awaitEnd(running, BOUND);
  }
}
