package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.ConnectionId;
import arena.stream.ConnectionSender;
import arena.stream.ConnectionSender.Result;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;

/** The results of the statuses that API Gateway's {@code @connections} API answers with. */
final class ApiGatewaySenderTest {
  private static final ConnectionId ID = ConnectionId.of("L0SM9cOFvHcCIhw=");

  private final Map<String, Integer> statusOf = new ConcurrentHashMap<>();
  private final Queue<String> methods = new ConcurrentLinkedQueue<>();
  private HttpServer server;
  private ApiGatewayManagementApiClient api;
  private ConnectionSender sender;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          methods.add(exchange.getRequestMethod());
          exchange.getRequestBody().readAllBytes();
          byte[] body = "{\"message\":\"why\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(statusOf.get(exchange.getRequestMethod()), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    api =
        ApiGatewayManagementApiClient.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
            .region(Region.US_EAST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .overrideConfiguration(
                override -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()))
            .build();
    sender = new ApiGatewaySender(() -> api);
  }

  @AfterEach
  void stop() {
    api.close();
    server.stop(0);
  }

  private Result send(int status) {
    methods.clear();
    statusOf.put("POST", status);
    return sender.send(ID, "message");
  }

  @Test
  void mapsTheStatusOfASend() {
    assertEquals(Result.DELIVERED, send(200));
    assertEquals(Result.GONE, send(410));
    for (int status : new int[] {408, 429, 500, 503}) {
      assertEquals(Result.LATER, send(status), "status " + status);
    }
    for (int status : new int[] {403, 404, 413}) {
      assertEquals(Result.REFUSED, send(status), "status " + status);
    }
    server.stop(0);
    assertEquals(Result.LATER, send(200), "no server");
  }

  @Test
  void treatsAMalformedIdAsGone() {
    statusOf.put("DELETE", 400);
    assertEquals(Result.GONE, send(400));
    statusOf.put("DELETE", 204);
    assertEquals(Result.GONE, send(400), "the message was malformed, so the connection is closed");
    assertEquals(List.of("POST", "DELETE"), List.copyOf(methods));
    statusOf.put("DELETE", 500);
    assertEquals(Result.REFUSED, send(400), "not closed");
  }

  @Test
  void closesAndQueriesConnections() {
    for (int status : new int[] {204, 400, 410}) {
      statusOf.put("DELETE", status);
      assertTrue(sender.close(ID), "status " + status);
    }
    for (int status : new int[] {403, 429, 500}) {
      statusOf.put("DELETE", status);
      assertFalse(sender.close(ID), "status " + status);
    }
    for (int status : new int[] {400, 410}) {
      statusOf.put("GET", status);
      assertTrue(sender.isGone(ID), "status " + status);
    }
    for (int status : new int[] {200, 403, 429, 500}) {
      statusOf.put("GET", status);
      assertFalse(sender.isGone(ID), "status " + status);
    }
  }
}
