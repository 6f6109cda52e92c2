package arena.local.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The HTTP API of a gateway. */
final class HttpApiTest extends GatewayFixture {
  private HttpResponse<String> responseTo(String answer) throws Exception {
    String query = java.net.URLEncoder.encode(answer, StandardCharsets.UTF_8);
    return send(HttpRequest.newBuilder(http("/runs/abc?answer=" + query)));
  }

  @Test
  void sendsAnEventInPayloadFormatTwo() throws Exception {
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(http("/runs/a%20b?run_id=1&run_id=2&x=%C3%A9&empty="))
                .header("X-Twice", "one")
                .header("X-Twice", "two")
                .header("Cookie", "a=1; b=2"));
    assertEquals(200, response.statusCode());
    assertEquals("application/json", response.headers().firstValue("content-type").orElseThrow());
    JsonNode event = JSON.readTree(response.body());
    assertEquals("2.0", event.get("version").asText());
    assertEquals("GET /runs/{run_id}", event.get("routeKey").asText());
    assertEquals("/runs/a b", event.get("rawPath").asText());
    assertEquals("run_id=1&run_id=2&x=%C3%A9&empty=", event.get("rawQueryString").asText());
    assertEquals("[\"a=1\",\"b=2\"]", event.get("cookies").toString());
    assertEquals("one,two", event.at("/headers/x-twice").asText());
    assertFalse(event.get("headers").has("cookie"));
    assertEquals(
        "{\"run_id\":\"1,2\",\"x\":\"é\",\"empty\":\"\"}",
        event.get("queryStringParameters").toString());
    assertEquals("{\"run_id\":\"a b\"}", event.get("pathParameters").toString());
    JsonNode context = event.get("requestContext");
    assertEquals("http123456", context.get("apiId").asText());
    assertEquals("$default", context.get("stage").asText());
    assertEquals("31/Jan/2026:12:00:00 +0000", context.get("time").asText());
    assertEquals(clock.now().toEpochMilli(), context.get("timeEpoch").asLong());
    assertEquals("GET", context.at("/http/method").asText());
    assertEquals("/runs/a b", context.at("/http/path").asText());
    assertEquals("127.0.0.1", context.at("/http/sourceIp").asText());
    assertFalse(event.has("body"));
    assertFalse(event.get("isBase64Encoded").asBoolean());
  }

  @Test
  void sendsABodyAsTextByItsContentType() throws Exception {
    String json = "{\"label\":\"é\"}";
    for (String type :
        List.of("application/json", "text/plain", "application/json; charset=utf-8")) {
      JsonNode event = posted(type, json.getBytes(StandardCharsets.UTF_8));
      assertFalse(event.get("isBase64Encoded").asBoolean(), type);
      assertEquals(json, event.get("body").asText());
    }
    for (String type : List.of("application/x-www-form-urlencoded", "application/json")) {
      byte[] bytes = {'"', (byte) 0xff, '"'};
      JsonNode event = posted(type, bytes);
      assertTrue(event.get("isBase64Encoded").asBoolean(), type);
      assertEquals(Base64.getEncoder().encodeToString(bytes), event.get("body").asText());
    }
  }

  private JsonNode posted(String type, byte[] body) throws Exception {
    return JSON.readTree(
        send(HttpRequest.newBuilder(http("/runs"))
                .header("content-type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)))
            .body());
  }

  @Test
  void returnsTheResponseOfTheFunction() throws Exception {
    HttpResponse<String> response =
        responseTo(
            "{\"statusCode\":202,\"headers\":{\"Link\":\"<x>\",\"Retry-After\":3},"
                + "\"cookies\":[\"a=1\",\"b=2\"],\"body\":\"ZMOp\",\"isBase64Encoded\":true}");
    assertEquals(202, response.statusCode());
    assertEquals("dé", response.body());
    assertEquals("<x>", response.headers().firstValue("link").orElseThrow());
    assertEquals("3", response.headers().firstValue("retry-after").orElseThrow());
    assertEquals(List.of("a=1", "b=2"), response.headers().allValues("set-cookie"));
    assertEquals(
        "text/plain;charset=utf-8", response.headers().firstValue("content-type").orElseThrow());

    assertEquals("[1]", responseTo("[1]").body());
    assertEquals("", responseTo("{\"statusCode\":204}").body());
  }

  @Test
  void returns500ForAnInvalidResponseOfTheFunction() throws Exception {
    for (String answer :
        List.of(
            "fail",
            "nonsense",
            "{\"statusCode\":42}",
            "{\"statusCode\":200,\"body\":{\"a\":1}}",
            "{\"statusCode\":200,\"body\":\"?\",\"isBase64Encoded\":true}")) {
      HttpResponse<String> response = responseTo(answer);
      assertEquals(500, response.statusCode(), answer);
      assertEquals("{\"message\":\"Internal Server Error\"}", response.body());
    }
  }

  @Test
  void returnsErrorsOfApiGateway() throws Exception {
    HttpResponse<String> unknown = send(HttpRequest.newBuilder(http("/nowhere")));
    assertEquals(404, unknown.statusCode());
    assertEquals("{\"message\":\"Not Found\"}", unknown.body());

    HttpResponse<String> late = responseTo("late");
    assertEquals(503, late.statusCode());
    assertEquals("{\"message\":\"Service Unavailable\"}", late.body());

    HttpResponse<String> large =
        send(
            HttpRequest.newBuilder(http("/runs"))
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(new byte[HttpApi.MAX_BODY_BYTES + 1])));
    assertEquals(413, large.statusCode());
  }

  @Test
  void returnsCorsHeaders() throws Exception {
    HttpResponse<String> preflight =
        send(
            HttpRequest.newBuilder(http("/forks"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", "http://localhost:5173")
                .header("Access-Control-Request-Method", "POST"));
    assertEquals(204, preflight.statusCode());
    Map<String, String> expected =
        Map.of(
            "access-control-allow-origin", "http://localhost:5173",
            "access-control-allow-methods", "GET,POST",
            "access-control-allow-headers", "content-type",
            "access-control-max-age", "600");
    expected.forEach(
        (name, value) -> assertEquals(value, preflight.headers().firstValue(name).orElseThrow()));

    HttpResponse<String> own =
        send(HttpRequest.newBuilder(http("/runs/a")).header("Origin", "http://localhost:5173"));
    assertEquals(
        "http://localhost:5173",
        own.headers().firstValue("access-control-allow-origin").orElseThrow());
    assertEquals("link", own.headers().firstValue("access-control-expose-headers").orElseThrow());

    HttpResponse<String> other =
        send(HttpRequest.newBuilder(http("/runs/a")).header("Origin", "http://elsewhere.example"));
    assertTrue(other.headers().firstValue("access-control-allow-origin").isEmpty());
  }

  @Test
  void throttlesARouteByBurstAndRate() throws Exception {
    HttpRequest.Builder fork =
        HttpRequest.newBuilder(http("/forks"))
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .header("content-type", "application/json");
    for (int i = 0; i < 3; i++) {
      assertEquals(200, send(fork).statusCode());
    }
    assertEquals(429, send(fork).statusCode());
    clock.advance(Duration.ofMillis(500));
    assertEquals(200, send(fork).statusCode());
    assertEquals(429, send(fork).statusCode());
  }

  @Test
  void acceptsAThousandConcurrentConnections() {
    // Each with its own connection; the client does not retry a POST.
    List<CompletableFuture<Integer>> statuses = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(http("/unknown"))
              .POST(HttpRequest.BodyPublishers.ofString("{}"))
              .timeout(Duration.ofSeconds(20))
              .build();
      statuses.add(
          client
              .sendAsync(request, HttpResponse.BodyHandlers.ofString())
              .thenApply(HttpResponse::statusCode));
    }
    statuses.forEach(status -> assertEquals(404, status.join()));
  }

  @Test
  void writesTheAccessLog() throws Exception {
    send(HttpRequest.newBuilder(http("/runs/abc")));
    send(HttpRequest.newBuilder(http("/nowhere")));
    assertEquals(
        """
        {"route":"GET /runs/{run_id}","status":"200"}
        {"route":"-","status":"404"}
        """,
        Files.readString(logs.resolve("http-access.log")));
  }

  @Test
  void rejectsInvalidRequestsInJson() throws Exception {
    for (String target : List.of("/runs/%zz", "/runs/%00", "/runs/%ff", "/a/../../b")) {
      String answer = raw("GET " + target + " HTTP/1.1\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
      assertTrue(answer.endsWith("{\"message\":\"Bad Request\"}"), answer);
    }
    String large = raw("GET / HTTP/1.1\r\nX-Large: " + "x".repeat(20_000) + "\r\n");
    assertTrue(large.startsWith("HTTP/1.1 431 "), large);
    assertTrue(large.contains("{\"message\":\""), large);
  }

  private String raw(String start) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      socket.setSoTimeout(10_000);
      String request = start + "Host: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void reportsAPortThatIsInUse() {
    PortTaken taken =
        assertThrows(PortTaken.class, () -> Gateway.start(gateway.port(), "live").close());
    assertEquals("port " + gateway.port() + " is in use", taken.getMessage());
  }
}
