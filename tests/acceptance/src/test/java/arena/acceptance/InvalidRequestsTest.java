package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every invalid request gets its documented error and has no effect. */
final class InvalidRequestsTest {
  private static final OpenApi OPEN_API = OpenApi.read();
  private static final String UNKNOWN_RUN = "0123456789abcdef0123456789abcdef";

  private final ArenaClient arena = AcceptanceStack.shared().client();
  private final String parent = PlayedRuns.shared().parent();
  private final String fork = PlayedRuns.shared().fork();
  private final String failed = PlayedRuns.shared().failed();

  @Test
  void returns404ForUnknownPaths() {
    for (String path :
        List.of("/console/", "/run", "/runs/", "/runs/a/b", "/metric", "/.env", "/live/x")) {
      ArenaClient.Answer answer = arena.get(path);

      assertEquals(404, answer.status(), path);
      assertEquals("unknown_path", answer.json().at("/error/code").textValue(), path);
    }
  }

  @Test
  void returns405WithAllowForOtherMethodsOfKnownPaths() {
    String version = version();
    Map<String, Set<String>> methods = new TreeMap<>();
    for (OpenApi.Operation operation : OPEN_API.operations()) {
      methods.computeIfAbsent(operation.path(), _ -> new TreeSet<>()).add(operation.method());
    }
    methods.forEach(
        (path, allowed) -> {
          for (String method :
              List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")) {
            if (!allowed.contains(method)) {
              HttpResponse<String> response = send(method, path(path, version));
              String context = method + " " + path;
              assertEquals(405, response.statusCode(), context);
              assertEquals(
                  List.of(String.join(", ", allowed)),
                  response.headers().allValues("allow"),
                  context);
              assertEquals(
                  !method.equals("HEAD"),
                  response.body().contains("\"method_not_allowed\""),
                  context);
            }
          }
        });
  }

  private String version() {
    return arena.get("/deployment").expect(200).get("version").textValue();
  }

  /** A path with a value for each variable. */
  private String path(String path, String version) {
    return path.replace("{run_id}", parent)
        .replaceAll("\\{(experiment|race)_id}", "0".repeat(32))
        .replace("{version}", version)
        .replace("{folder}", "vendor")
        .replace("{file}", path.contains("{folder}") ? "htm.mjs" : "docs.js");
  }

  private static HttpResponse<String> send(String method, String path) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(AcceptanceStack.shared().stack().httpUrl().resolve(path))
              .timeout(Duration.ofSeconds(30))
              .method(method, BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(method + " " + path, e);
    }
  }

  private List<Exchange> invalidReads() {
    List<Exchange> invalid = new ArrayList<>();
    String version = version();
    for (OpenApi.Operation operation : OPEN_API.operations()) {
      if (!operation.method().equals("GET")) {
        continue;
      }
      String key = operation.routeKey();
      String path = path(operation.path(), version);
      List<String> known = OPEN_API.queryParameters(operation);
      String valid = known.contains("run_id") ? "run_id=" + parent + "&" : "";
      invalid.add(
          Exchange.rejectedGet(key, path + "?" + valid + "colour=blue", 422, "invalid_field"));
      for (String name : known) {
        for (String value : List.of("", "-1", "1.5", "NaN", "1e9", "%00", "x".repeat(2_000))) {
          if (name.equals("text") && value.length() > 0 && value.matches("[^%x]+")) {
            continue; // a valid text
          }
          boolean run = name.equals("run_id");
          boolean race = name.equals("race_id");
          String query = run ? name + "=" + value : valid + name + "=" + value;
          boolean unknown = (run || race) && !value.isEmpty();
          invalid.add(
              Exchange.rejectedGet(
                  key,
                  path + "?" + query,
                  unknown ? 404 : 422,
                  unknown ? (race ? "unknown_comparison" : "unknown_run") : "invalid_field"));
        }
      }
      if (known.contains("run_id")) {
        invalid.add(Exchange.rejectedGet(key, path, 422, "invalid_field"));
        invalid.add(Exchange.rejectedGet(key, path + "?run_id=" + UNKNOWN_RUN, 404, "unknown_run"));
      }
    }
    for (String file : List.of("/" + version + "/x.js", "/x/docs.js", "/" + version + "/..%2Fx")) {
      invalid.add(
          Exchange.rejectedGet(
              "GET /console/{version}/{file}", "/console" + file, 404, "unknown_file"));
    }
    invalid.add(
        Exchange.rejectedGet(
            "GET /console/{version}/{folder}/{file}",
            "/console/" + version + "/views/..",
            404,
            "unknown_file"));
    for (String id : List.of(UNKNOWN_RUN, "short", parent.toUpperCase(Locale.ROOT), "%20")) {
      invalid.add(Exchange.rejectedGet("GET /runs/{run_id}", "/runs/" + id, 404, "unknown_run"));
      invalid.add(
          Exchange.rejectedGet(
              "GET /runs/{run_id}/diagnosis",
              "/runs/%s/diagnosis".formatted(id),
              404,
              "unknown_run"));
      invalid.add(
          Exchange.rejectedGet(
              "GET /runs/{run_id}/report", "/runs/%s/report".formatted(id), 404, "unknown_run"));
      invalid.add(
          new Exchange(
              "POST /runs/{run_id}/stop",
              "/runs/%s/stop".formatted(id),
              Optional.of(""),
              404,
              "unknown_run"));
    }
    String many = "run_id=" + parent + "&";
    invalid.add(
        Exchange.rejectedGet(
            "GET /runs/series", "/runs/series?" + many.repeat(21), 422, "invalid_field"));
    invalid.add(
        Exchange.rejectedGet("GET /events", "/events?" + many.repeat(2), 422, "invalid_field"));
    return invalid;
  }

  private List<Exchange> invalidPosts() {
    List<Exchange> invalid = new ArrayList<>();
    for (String key : List.of("POST /runs", "POST /forks")) {
      ObjectNode valid = OpenApiTest.minimal(key);
      for (InvalidBodies.Body body :
          new InvalidBodies(OPEN_API)
              .invalid(OPEN_API.requestSchema(OPEN_API.operation(key)), valid)) {
        invalid.add(Exchange.rejectedPost(key, body.json(), 422, "invalid_field"));
      }
      Stream.of("", "no json", "{", "{}{}", "{\"n_turns\":NaN}", "{\"n_turns\":1,\"n_turns\":1}")
          .forEach(body -> invalid.add(Exchange.rejectedPost(key, body, 400, "bad_json")));
      invalid.add(
          Exchange.rejectedPost(key, "[".repeat(30_000) + "]".repeat(30_000), 400, "bad_json"));
      invalid.add(Exchange.rejectedPost(key, "[]", 422, "invalid_field"));
      invalid.add(Exchange.rejectedPost(key, "null", 422, "invalid_field"));
      invalid.add(
          Exchange.rejectedPost(
              key, "{\"x\":\"%s\"}".formatted("x".repeat(65_536)), 413, "body_too_large"));
      invalid.add(
          new Exchange(
              key,
              key.replace("POST ", "") + "?n_turns=1",
              Optional.of(valid.toString()),
              422,
              "invalid_field"));
    }
    for (String run : List.of(parent, failed)) {
      invalid.add(
          new Exchange(
              "POST /runs/{run_id}/stop",
              "/runs/%s/stop".formatted(run),
              Optional.of(""),
              409,
              "run_ended"));
    }
    String fork = "{\"parent_run_id\":\"%s\",\"parent_t\":%d}";
    invalid.add(
        Exchange.rejectedPost("POST /forks", fork.formatted(UNKNOWN_RUN, 0), 404, "unknown_run"));
    invalid.add(
        Exchange.rejectedPost("POST /forks", fork.formatted(parent, 6), 422, "no_such_turn"));
    invalid.add(
        Exchange.rejectedPost(
            "POST /forks", fork.formatted(parent, Integer.MAX_VALUE), 422, "no_such_turn"));
    invalid.add(
        Exchange.rejectedPost("POST /forks", fork.formatted(this.fork, 1), 422, "no_such_turn"));
    return invalid;
  }

  @Test
  void rejectsInvalidRequestsWithoutEffect() {
    List<Exchange> invalid = new ArrayList<>(invalidReads());
    invalid.addAll(invalidPosts());
    AcceptanceStack.shared().awaitNoRuns();
    JsonNode runs = arena.get("/runs?limit=100").expect(200);
    JsonNode metrics = arena.get("/metrics").expect(200);
    assertTrue(runs.size() > 2, "runs that a request could change");

    assertTrue(invalid.size() > 300, "requests for every field");
    assertAll(
        invalid.stream()
            .map(exchange -> () -> exchange.assertResponse(AcceptanceStack.shared().client())));
    assertEquals(runs, arena.get("/runs?limit=100").expect(200));
    JsonNode after = arena.get("/metrics").expect(200);
    for (String counter : List.of("events_published", "runs_open")) {
      assertEquals(metrics.get(counter), after.get(counter), counter);
    }
  }

  @Test
  void rejectsInvalidUtf8() {
    byte[] body = "{\"label\":\"?\"}".getBytes(StandardCharsets.UTF_8);
    body[10] = (byte) 0xff;
    AcceptanceStack.shared().awaitNoRuns();
    JsonNode runs = arena.get("/runs?limit=100").expect(200);

    for (String type : List.of("application/json", "application/octet-stream")) {
      ArenaClient.Answer answer =
          arena.send(
              arena
                  .request("/runs")
                  .header("content-type", type)
                  .POST(BodyPublishers.ofByteArray(body)));

      // a gateway that decodes the body as text passes U+FFFD, which is rejected
      assertTrue(Set.of(400, 422).contains(answer.status()), answer.text());
      HttpContractTest.assertDescribed("POST /runs", answer);
    }
    assertEquals(runs, arena.get("/runs?limit=100").expect(200));
  }
}
