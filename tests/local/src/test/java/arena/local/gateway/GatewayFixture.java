package arena.local.gateway;

import arena.local.aws.AwsEndpoint;
import arena.local.clock.ManualClock;
import arena.local.lambda.FunctionDefinition;
import arena.local.lambda.FunctionHost;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A gateway with an HTTP API and a WebSocket API in front of two functions. */
abstract class GatewayFixture {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration INTEGRATION_TIMEOUT = Duration.ofSeconds(5);

  @TempDir Path logs;
  final ManualClock clock = new ManualClock(Instant.parse("2026-01-31T12:00:00Z"));
  private FunctionHost host;
  Gateway gateway;
  AwsEndpoint aws;
  HttpClient client;

  /** Returns the event of a request, or what the query's {@code answer} says. */
  public static final class HttpHandler implements RequestStreamHandler {
    public HttpHandler(Map<String, String> environment) {}

    @Override
    public void handleRequest(InputStream in, OutputStream out, Context context)
        throws IOException {
      JsonNode event = JSON.readTree(in);
      String answer = event.at("/queryStringParameters/answer").asText("");
      switch (answer) {
        case "" -> out.write(event.toString().getBytes(StandardCharsets.UTF_8));
        case "fail" -> throw new IllegalStateException("secret");
        case "late" -> sleep();
        default -> out.write(answer.getBytes(StandardCharsets.UTF_8));
      }
    }

    private static void sleep() {
      try {
        Thread.sleep(20_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Records the events of connections; rejects connections with {@code refuse} in the query. */
  public static final class WebSocketHandler implements RequestStreamHandler {
    static final BlockingQueue<JsonNode> EVENTS = new LinkedBlockingQueue<>();

    public WebSocketHandler(Map<String, String> environment) {}

    @Override
    public void handleRequest(InputStream in, OutputStream out, Context context)
        throws IOException {
      JsonNode event = JSON.readTree(in);
      EVENTS.add(event);
      if (event.path("body").asText().contains("fail")) {
        throw new IllegalStateException("secret");
      }
      int status = event.at("/queryStringParameters/refuse").asInt(200);
      JSON.writeValue(out, Map.of("statusCode", status));
    }
  }

  private FunctionDefinition function(String name, Class<?> handler) {
    return new FunctionDefinition(
        name,
        handler.getName(),
        logs,
        Map.of(),
        Duration.ofSeconds(30),
        512,
        512,
        FunctionDefinition.Background.DEFAULT);
  }

  @BeforeEach
  void start() {
    WebSocketHandler.EVENTS.clear();
    host =
        new FunctionHost(
            List.of(function("web", HttpHandler.class), function("live", WebSocketHandler.class)),
            logs,
            clock,
            8);
    Duration patience = Duration.ofMillis(1500);
    HttpApiDefinition http =
        new HttpApiDefinition(
            "http123456",
            List.of(
                new HttpApiDefinition.Route("GET /runs/{run_id}", "web", patience),
                new HttpApiDefinition.Route("POST /runs", "web", patience),
                new HttpApiDefinition.Route("POST /forks", "web", patience)),
            Optional.of(
                new HttpApiDefinition.Cors(
                    List.of("http://localhost:5173"),
                    List.of("GET", "POST"),
                    List.of("content-type"),
                    List.of("link"),
                    Optional.of(Duration.ofMinutes(10)))),
            Optional.empty(),
            Map.of("POST /forks", new HttpApiDefinition.Throttle(2, 3)),
            Optional.of("{\"route\":\"$context.routeKey\",\"status\":\"$context.status\"}"));
    WebSocketApiDefinition.Route live =
        new WebSocketApiDefinition.Route("live", INTEGRATION_TIMEOUT);
    WebSocketApiDefinition webSocket =
        new WebSocketApiDefinition(
            "live123456",
            "live",
            "action",
            Map.of("$connect", live, "$disconnect", live, "subscribe", live, "$default", live),
            Optional.empty(),
            Optional.empty());
    gateway = Gateway.start(0, "live");
    gateway.serve(Optional.of(http), Optional.of(webSocket), host, true, clock, logs);
    aws = AwsEndpoint.start();
    aws.serve(host, Map.of());
    aws.serveConnections(gateway.connections());
    client = HttpClient.newHttpClient();
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    aws.close();
    gateway.close();
    host.close();
  }

  URI http(String path) {
    return URI.create("http://127.0.0.1:" + gateway.port() + path);
  }

  /** Returns the address of a path of the endpoint that functions call. */
  URI internal(String path) {
    return aws.uri().resolve(path);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(
        request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
