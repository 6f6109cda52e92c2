package arena.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A proxy in front of DynamoDB Local that injects a fault into some calls of one operation. */
final class FaultyDynamo implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The injected fault. */
  enum Fault {
    /** The transaction conflicts with another one and has no effect. */
    TRANSACTION_CONFLICT,
    /** The call is throttled and has no effect. */
    THROTTLED,
    /** The call fails with an internal error and has no effect. */
    INTERNAL_ERROR,
    /** The batch returns every item as unprocessed. */
    UNPROCESSED,
    /** The call takes effect but its response is lost. */
    RESPONSE_LOST
  }

  private final URI dynamo;
  private final HttpServer server;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String operation;
  private final Fault fault;
  private final AtomicInteger faultsLeft;
  private final AtomicInteger calls = new AtomicInteger();

  /**
   * Injects {@code fault} into the first {@code times} calls of {@code operation}, such as {@code
   * Query}.
   */
  FaultyDynamo(URI dynamo, String operation, Fault fault, int times) throws IOException {
    this.dynamo = dynamo;
    this.operation = operation;
    this.fault = fault;
    this.faultsLeft = new AtomicInteger(times);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Number of calls of the operation. */
  int calls() {
    return calls.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean faulty = false;
    if (exchange.getRequestHeaders().getFirst("X-Amz-Target").endsWith("." + operation)) {
      calls.incrementAndGet();
      faulty = faultsLeft.getAndDecrement() > 0;
    }
    if (!faulty) {
      HttpResponse<byte[]> answer = forward(exchange, body);
      answer(exchange, answer.statusCode(), answer.body());
      return;
    }
    switch (fault) {
      case TRANSACTION_CONFLICT ->
          answer(
              exchange,
              400,
              """
              {"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",\
              "Message":"Transaction cancelled, please refer cancellation reasons for specific \
              reasons [None, TransactionConflict]","CancellationReasons":[{"Code":"None"},\
              {"Code":"TransactionConflict","Message":"Transaction is ongoing for the item"}]}\
              """);
      case THROTTLED ->
          answer(
              exchange,
              400,
              """
              {"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException",\
              "message":"Throughput exceeds the current capacity of your table"}\
              """);
      case INTERNAL_ERROR ->
          answer(
              exchange,
              500,
              """
              {"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"?"}\
              """);
      case UNPROCESSED -> answer(exchange, 200, unprocessed(JSON.readTree(body)));
      case RESPONSE_LOST -> {
        forward(exchange, body);
        exchange.close();
      }
    }
  }

  private String unprocessed(JsonNode request) {
    ObjectNode answer = JSON.createObjectNode();
    boolean read = operation.equals("BatchGetItem");
    if (read) {
      answer.putObject("Responses");
    }
    answer.set(read ? "UnprocessedKeys" : "UnprocessedItems", request.get("RequestItems"));
    return answer.toString();
  }

  private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(dynamo).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    for (String header : new String[] {"X-Amz-Target", "Authorization", "Content-Type"}) {
      request.header(header, exchange.getRequestHeaders().getFirst(header));
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    answer(exchange, status, body.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
    http.close();
  }
}
