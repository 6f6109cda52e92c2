package arena.packaged;

import arena.local.lambda.FunctionDefinition;
import arena.local.loopback.LoopbackFilter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Lambda's Runtime API for one process, with the calls of SnapStart: {@code restore/next} is
 * answered when {@link #restore} is called, and credentials are served then.
 */
final class RuntimeApi implements AutoCloseable {
  /** Path of the credentials that a restored process fetches. */
  static final String CREDENTIALS = "/2021-04-23/credentials";

  /** The authorization of a request for credentials. */
  static final String TOKEN = "local-authorization-token";

  private static final String API = "/2018-06-01/runtime/";
  private static final int MAX_BODY_BYTES = 8 * 1024 * 1024;
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final int FORBIDDEN = 403;
  private static final Duration CREDENTIALS_LIFE = Duration.ofHours(6);
  private static final JsonMapper JSON = new JsonMapper();

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final FunctionDefinition function;
  private final Map<String, String> credentials;
  private final BlockingQueue<String> events = new ArrayBlockingQueue<>(1);
  private final CompletableFuture<Instant> checkpoint = new CompletableFuture<>();
  private final CountDownLatch restored = new CountDownLatch(1);
  private volatile CompletableFuture<Answer> answer = new CompletableFuture<>();

  private RuntimeApi(
      HttpServer server, FunctionDefinition function, Map<String, String> credentials) {
    this.server = server;
    this.function = function;
    this.credentials = credentials;
  }

  /**
   * Starts a server on loopback.
   *
   * @param credentials the environment variables with the function's credentials
   */
  static RuntimeApi start(FunctionDefinition function, Map<String, String> credentials)
      throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    RuntimeApi api = new RuntimeApi(server, function, credentials);
    server.setExecutor(api.threads);
    server.createContext(API, api::serve).getFilters().add(new LoopbackFilter());
    server.createContext(CREDENTIALS, api::serveCredentials).getFilters().add(new LoopbackFilter());
    server.start();
    return api;
  }

  /** Returns host and port. */
  String address() {
    return server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort();
  }

  /** Gives the process its next event; the result is completed with the answer. */
  CompletableFuture<Answer> next(String event) {
    if (answer.isDone()) {
      answer = new CompletableFuture<>();
    }
    events.add(event);
    return answer;
  }

  /** Returns the answer that is awaited, which an error of the initialization also completes. */
  CompletableFuture<Answer> answer() {
    return answer;
  }

  /** Completed when the process is ready for its snapshot. */
  CompletableFuture<Instant> checkpoint() {
    return checkpoint;
  }

  /** Continues the process after its snapshot. */
  void restore() {
    restored.countDown();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String call = exchange.getRequestURI().getPath().substring(API.length());
      switch (call) {
        case "invocation/next" -> sendNext(exchange);
        case "restore/next" -> {
          checkpoint.complete(Instant.now());
          restored.await();
          exchange.sendResponseHeaders(OK, -1);
        }
        default -> {
          // invocation/<id>/response, invocation/<id>/error, init/error or restore/error
          byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES);
          answer.complete(
              new Answer(new String(body, StandardCharsets.UTF_8), call.endsWith("/error")));
          exchange.sendResponseHeaders(ACCEPTED, -1);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sendNext(HttpExchange exchange) throws IOException, InterruptedException {
    byte[] event = events.take().getBytes(StandardCharsets.UTF_8);
    Headers headers = exchange.getResponseHeaders();
    Instant deadline = Instant.now().plus(function.timeout());
    String hex = UUID.randomUUID().toString().replace("-", "");
    headers.set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
    headers.set(
        "Lambda-Runtime-Trace-Id",
        "Root=1-" + hex.substring(0, 8) + "-" + hex.substring(8) + ";Sampled=0");
    headers.set("Lambda-Runtime-Invoked-Function-Arn", function.arn());
    headers.set("Lambda-Runtime-Deadline-Ms", Long.toString(deadline.toEpochMilli()));
    headers.set("Content-Type", "application/json");
    exchange.sendResponseHeaders(OK, event.length);
    exchange.getResponseBody().write(event);
  }

  private void serveCredentials(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (restored.getCount() > 0
          || !TOKEN.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.sendResponseHeaders(FORBIDDEN, -1);
        return;
      }
      byte[] body =
          JSON.writeValueAsBytes(
              Map.of(
                  "AccessKeyId", credentials.getOrDefault("AWS_ACCESS_KEY_ID", ""),
                  "SecretAccessKey", credentials.getOrDefault("AWS_SECRET_ACCESS_KEY", ""),
                  "Token", credentials.getOrDefault("AWS_SESSION_TOKEN", ""),
                  "Expiration", Instant.now().plus(CREDENTIALS_LIFE).toString()));
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(OK, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
