package arena.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Tells a user what runs where, and what to try first. */
final class Welcome {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String DEMONSTRATION =
      "{\"scenario\":\"balanced\",\"n_turns\":60,\"label\":\"demonstration\"}";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalStack stack;
  private final PrintStream console;

  Welcome(LocalStack stack, PrintStream console) {
    this.stack = stack;
    this.console = console;
  }

  /** Starts a demonstration run if there is no run yet, and prints. */
  void print() {
    String run;
    try {
      run = newestOrDemonstration();
    } catch (IOException e) {
      console.println("arena: no demonstration run was started: " + e.getMessage());
      run = "<run_id>";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    console.printf(
        """
        HTTP        %s
        WebSocket   %s
        logs        %s

        export REDIS_PASSWORD='%s'
        redis-cli -p %d -a "$REDIS_PASSWORD" --no-auth-warning XLEN arena:run:%s:events

        A fork to paste:
        curl -s -X POST %s/forks -H 'content-type: application/json' \\
          -d '{"parent_run_id":"%s","parent_t":5,"mutation":{"food":1500},"n_turns":10}'

        Ctrl-C stops everything.
        """,
        stack.httpUrl(),
        stack.webSocketUrl(),
        stack.logs(),
        stack.redisPassword().replace("'", "'\\''"),
        stack.redisPort(),
        run,
        stack.httpUrl(),
        run);
    console.flush();
  }

  private String newestOrDemonstration() throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      JsonNode runs =
          sent(client, HttpRequest.newBuilder(stack.httpUrl().resolve("/runs?limit=1")), 200);
      if (!runs.isEmpty()) {
        return runs.get(0).path("run_id").asText();
      }
      return sent(
              client,
              HttpRequest.newBuilder(stack.httpUrl().resolve("/runs"))
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(DEMONSTRATION)),
              202)
          .path("run_id")
          .asText();
    }
  }

  private static JsonNode sent(HttpClient client, HttpRequest.Builder request, int expected)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != expected) {
      throw new IOException(response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }
}
