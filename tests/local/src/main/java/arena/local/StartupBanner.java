package arena.local;

import arena.access.Role;
import arena.local.token.TokenTable;
import arena.text.Shell;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Prints the addresses of a stack and a first command to try. */
final class StartupBanner {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String DEMONSTRATION =
      "{\"scenario\":\"balanced\",\"n_turns\":60,\"label\":\"demonstration\"}";

  /** The turn of the fork, counted from the first turn of the run. */
  private static final int FORK_AFTER = 5;

  private static final int POLL_MILLIS = 50;

  /** Number of newest runs that are searched for one that can be forked. */
  private static final int SEARCHED_RUNS = 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalStack stack;
  private final boolean authorizes;
  private final PrintStream console;

  /** The token of the demonstration run; empty if none is needed. */
  private Optional<String> token = Optional.empty();

  StartupBanner(LocalStack stack, boolean authorizes, PrintStream console) {
    this.stack = stack;
    this.authorizes = authorizes;
    this.console = console;
  }

  /** Prints the banner; starts a demonstration run if none of the newest runs is complete. */
  void print() {
    Parent parent;
    try {
      parent = authorizes ? withToken() : completeOrDemonstration();
    } catch (IOException e) {
      console.println("arena: failed to play a demonstration run: " + e.getMessage());
      parent = new Parent("<run_id>", FORK_AFTER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    console.printf(
        Locale.ROOT,
        """
        Console     %s/

        HTTP        %s
        WebSocket   %s
        logs        %s
        DynamoDB    %s
        S3          %s
        AWS         %s

        export AWS_SHARED_CREDENTIALS_FILE=%s
        export REDIS_PASSWORD=%s
        REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli -p %d XLEN arena:run:%s:events

        %sA fork to paste:
        curl -s%s%s -X POST %s/forks -H 'content-type: application/json' \\
          -d '{"parent_run_id":"%s","parent_t":%d,"mutation":{"food":1500},"n_turns":10}'

        Ctrl-C stops everything.
        """,
        stack.httpUrl(),
        stack.httpUrl(),
        stack.webSocketUrl(),
        stack.logs(),
        stack.dynamoDbUrl(),
        stack.s3Url(),
        stack.lambdaAndStepFunctionsUrl(),
        Shell.quote(stack.credentialsFile().toString()),
        Shell.quote(stack.redisPassword()),
        stack.redisPort(),
        parent.runId(),
        authorizes
            ? "export ARENA_TOKEN=$(./arena token create --role operator --label \"$USER\")\n\n"
            : "",
        withoutProxy(System.getenv()),
        authorizes ? " -H \"authorization: Bearer $ARENA_TOKEN\"" : "",
        stack.httpUrl(),
        parent.runId(),
        parent.t());
    console.flush();
  }

  /** The option of curl that a shell needs whose calls go through a proxy. */
  private static String withoutProxy(Map<String, String> environment) {
    boolean proxy =
        Stream.of("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
            .anyMatch(environment::containsKey);
    return proxy ? " --noproxy '*'" : "";
  }

  /** A run with a turn at which it can be forked. */
  private record Parent(String runId, int t) {}

  /** Uses a token that is revoked afterwards. */
  private Parent withToken() throws IOException, InterruptedException {
    String text = stack.createToken(Role.OPERATOR, "startup");
    token = Optional.of(text);
    try {
      return completeOrDemonstration();
    } finally {
      try (TokenTable tokens = stack.tokens()) {
        tokens.store().revoke(text.replaceFirst("arena_(\\w{8})_.*", "$1"), Instant.now());
      }
    }
  }

  private Parent completeOrDemonstration() throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      reportPresets(client);
      JsonNode runs =
          sent(
              client,
              HttpRequest.newBuilder(stack.httpUrl().resolve("/runs?limit=" + SEARCHED_RUNS)),
              200);
      for (JsonNode run : runs) {
        int turns = run.path("n_turns").asInt();
        if (run.path("status").asText().equals("complete") && turns > 0) {
          int t = run.path("t0").asInt() + Math.min(FORK_AFTER, turns);
          return new Parent(run.path("run_id").asText(), t);
        }
      }
      JsonNode run =
          sent(
              client,
              HttpRequest.newBuilder(stack.httpUrl().resolve("/runs"))
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(DEMONSTRATION)),
              202);
      String runId = run.path("run_id").asText();
      awaitTurn(client, runId);
      return new Parent(runId, FORK_AFTER);
    }
  }

  /** Prints why the presets in the bucket cannot be used. */
  private void reportPresets(HttpClient client) throws IOException, InterruptedException {
    String problem =
        sent(client, HttpRequest.newBuilder(stack.httpUrl().resolve("/models")), 200)
            .path("presets_problem")
            .textValue();
    if (problem != null) {
      console.println("arena: settings/presets.json in the bucket is invalid: " + problem);
    }
  }

  /** Waits for the turn of the fork, which would otherwise be rejected if it is pasted at once. */
  private void awaitTurn(HttpClient client, String runId) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int played = 0;
    while (played < FORK_AFTER) {
      if (System.nanoTime() > deadline) {
        throw new IOException(
            String.format(Locale.ROOT, "run %s did not reach turn %d", runId, FORK_AFTER));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      played =
          sent(client, HttpRequest.newBuilder(stack.httpUrl().resolve("/runs/" + runId)), 200)
              .at("/progress/turns_played")
              .asInt();
    }
  }

  private JsonNode sent(HttpClient client, HttpRequest.Builder request, int expected)
      throws IOException, InterruptedException {
    token.ifPresent(text -> request.header("authorization", "Bearer " + text));
    HttpResponse<String> response =
        client.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != expected) {
      throw new IOException(response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }
}
