package arena.local.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.clock.ManualClock;
import arena.local.lambda.FunctionDefinition;
import arena.local.lambda.FunctionHost;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.apigatewaymanagementapi.model.GoneException;

final class GatewayTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(5);

  @TempDir Path logs;
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-31T12:00:00Z"));
  private FunctionHost host;
  private Gateway gateway;
  private HttpClient client;

  /** Answers an HTTP request with its event, or as the query's {@code answer} says. */
  public static final class Web implements RequestStreamHandler {
    public Web(Map<String, String> environment) {}

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

  /** Keeps the events of a WebSocket; refuses the connections that ask for it. */
  public static final class Live implements RequestStreamHandler {
    static final BlockingQueue<JsonNode> EVENTS = new LinkedBlockingQueue<>();

    public Live(Map<String, String> environment) {}

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
        FunctionDefinition.Background.DEFAULT);
  }

  @BeforeEach
  void start() {
    Live.EVENTS.clear();
    host =
        new FunctionHost(
            List.of(function("web", Web.class), function("live", Live.class)), logs, clock, 8);
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
    WebSocketApiDefinition.Route live = new WebSocketApiDefinition.Route("live", SOON);
    WebSocketApiDefinition webSocket =
        new WebSocketApiDefinition(
            "live123456",
            "live",
            "action",
            Map.of("$connect", live, "$disconnect", live, "subscribe", live, "$default", live),
            Optional.empty(),
            Optional.empty());
    gateway = Gateway.start(0, "live");
    gateway.serve(Optional.of(http), Optional.of(webSocket), host, clock, logs);
    client = HttpClient.newHttpClient();
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    gateway.close();
    host.close();
  }

  // ---- HTTP

  private URI http(String path) {
    return URI.create("http://127.0.0.1:" + gateway.port() + path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(
        request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> answered(String answer) throws Exception {
    String query = java.net.URLEncoder.encode(answer, StandardCharsets.UTF_8);
    return send(HttpRequest.newBuilder(http("/runs/abc?answer=" + query)));
  }

  @Test
  void aRequestIsAnEventInFormatTwo() throws Exception {
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
  void aBodyIsTextOnlyIfItSaysSo() throws Exception {
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
  void anAnswerBecomesAResponse() throws Exception {
    HttpResponse<String> response =
        answered(
            "{\"statusCode\":202,\"headers\":{\"Link\":\"<x>\",\"Retry-After\":3},"
                + "\"cookies\":[\"a=1\",\"b=2\"],\"body\":\"ZMOp\",\"isBase64Encoded\":true}");
    assertEquals(202, response.statusCode());
    assertEquals("dé", response.body());
    assertEquals("<x>", response.headers().firstValue("link").orElseThrow());
    assertEquals("3", response.headers().firstValue("retry-after").orElseThrow());
    assertEquals(List.of("a=1", "b=2"), response.headers().allValues("set-cookie"));
    assertEquals(
        "text/plain;charset=utf-8", response.headers().firstValue("content-type").orElseThrow());

    assertEquals("[1]", answered("[1]").body());
    assertEquals("", answered("{\"statusCode\":204}").body());
  }

  @Test
  void whatIsNoAnswerIsAnInternalServerError() throws Exception {
    for (String answer :
        List.of(
            "fail",
            "nonsense",
            "{\"statusCode\":42}",
            "{\"statusCode\":200,\"body\":{\"a\":1}}",
            "{\"statusCode\":200,\"body\":\"?\",\"isBase64Encoded\":true}")) {
      HttpResponse<String> response = answered(answer);
      assertEquals(500, response.statusCode(), answer);
      assertEquals("{\"message\":\"Internal Server Error\"}", response.body());
    }
  }

  @Test
  void whatApiGatewayAnswersItself() throws Exception {
    HttpResponse<String> unknown = send(HttpRequest.newBuilder(http("/nowhere")));
    assertEquals(404, unknown.statusCode());
    assertEquals("{\"message\":\"Not Found\"}", unknown.body());

    HttpResponse<String> late = answered("late");
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
  void browsersAreToldWhatTheyMayDo() throws Exception {
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
  void aRouteLetsThroughItsBurstAndThenItsRate() throws Exception {
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
  void manyWhoComeAtOnceAreAllAnswered() {
    // Each over a connection of its own; by POST, which the client sends once.
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
  void everyRequestIsInTheAccessLog() throws Exception {
    send(HttpRequest.newBuilder(http("/runs/abc")));
    send(HttpRequest.newBuilder(http("/nowhere")));
    assertEquals(
        """
        {"route":"GET /runs/{run_id}","status":"200"}
        {"route":"-","status":"404"}
        """,
        Files.readString(logs.resolve("http-access.log")));
  }

  // ---- WebSocket

  private record Closed(int status, String reason) {}

  /** A client that keeps what it gets; it reads on only as long as it may. */
  private static final class Reader implements WebSocket.Listener {
    final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<Closed> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final boolean reads;

    Reader(boolean reads) {
      this.reads = reads;
    }

    @Override
    public void onOpen(WebSocket socket) {
      if (reads) {
        socket.request(Long.MAX_VALUE);
      }
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        messages.add(partial.toString());
        partial.setLength(0);
      }
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      closed.complete(new Closed(status, reason));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed.completeExceptionally(error);
    }
  }

  private WebSocket connect(Reader reader, String query) {
    return client
        .newWebSocketBuilder()
        .buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + "/live" + query), reader)
        .join();
  }

  private static JsonNode event() throws InterruptedException {
    JsonNode event = Live.EVENTS.poll(10, TimeUnit.SECONDS);
    assertTrue(event != null, "no event within 10 s");
    return event;
  }

  /** Connects, and gives the connection's id. */
  private String connected(Reader reader) throws InterruptedException {
    WebSocket socket = connect(reader, "");
    String id = event().at("/requestContext/connectionId").asText();
    // The event of a message comes after the connection is known.
    socket.sendText("{\"action\":\"subscribe\"}", true).join();
    event();
    return id;
  }

  private HttpResponse<String> post(String connectionId, String message) throws Exception {
    return send(
        HttpRequest.newBuilder(http("/live/@connections/" + connectionId))
            .POST(HttpRequest.BodyPublishers.ofString(message)));
  }

  @Test
  void aConnectionIsThreeKindsOfEvents() throws Exception {
    WebSocket socket = connect(new Reader(true), "?token=abc");
    JsonNode connect = event();
    assertEquals("abc", connect.at("/queryStringParameters/token").asText());
    assertTrue(connect.get("multiValueHeaders").has("Host"), connect.toString());
    JsonNode context = connect.get("requestContext");
    assertEquals("$connect", context.get("routeKey").asText());
    assertEquals("CONNECT", context.get("eventType").asText());
    assertEquals("live123456", context.get("apiId").asText());
    assertEquals("live", context.get("stage").asText());
    assertEquals("127.0.0.1:" + gateway.port(), context.get("domainName").asText());
    assertEquals(clock.now().toEpochMilli(), context.get("connectedAt").asLong());
    assertEquals("127.0.0.1", context.at("/identity/sourceIp").asText());
    String id = context.get("connectionId").asText();

    Map<String, String> routes =
        Map.of(
            "{\"action\":\"subscribe\",\"run_id\":\"x\"}", "subscribe",
            "{\"action\":\"$connect\"}", "$default",
            "{\"action\":{}}", "$default",
            "[]", "$default",
            "no JSON", "$default");
    for (Map.Entry<String, String> route : routes.entrySet()) {
      socket.sendText(route.getKey(), true).join();
      JsonNode message = event();
      assertEquals(route.getKey(), message.get("body").asText());
      assertEquals(route.getValue(), message.at("/requestContext/routeKey").asText());
      assertEquals("MESSAGE", message.at("/requestContext/eventType").asText());
      assertEquals(id, message.at("/requestContext/connectionId").asText());
      assertTrue(message.get("requestContext").has("messageId"));
    }

    socket.sendClose(WebSocket.NORMAL_CLOSURE, "done").join();
    JsonNode disconnect = event();
    assertEquals("$disconnect", disconnect.at("/requestContext/routeKey").asText());
    assertEquals("DISCONNECT", disconnect.at("/requestContext/eventType").asText());
    assertEquals(id, disconnect.at("/requestContext/connectionId").asText());
    assertEquals(1000, disconnect.at("/requestContext/disconnectStatusCode").asInt());
  }

  @Test
  void theFunctionMayRefuseAConnection() throws Exception {
    CompletionException refused =
        assertThrows(CompletionException.class, () -> connect(new Reader(true), "?refuse=403"));
    WebSocketHandshakeException handshake = (WebSocketHandshakeException) refused.getCause();
    assertEquals(403, handshake.getResponse().statusCode());
    String id = event().at("/requestContext/connectionId").asText();
    assertEquals(410, post(id, "x").statusCode());
  }

  @Test
  void aFunctionsFailureIsToldWithoutItsCause() throws Exception {
    Reader reader = new Reader(true);
    WebSocket socket = connect(reader, "");
    socket.sendText("fail", true).join();
    JsonNode message = JSON.readTree(reader.messages.poll(10, TimeUnit.SECONDS));
    assertEquals("Internal server error", message.get("message").asText());
    assertFalse(message.toString().contains("secret"));
  }

  @Test
  void messagesArriveInTheOrderInWhichTheyWereSent() throws Exception {
    Reader reader = new Reader(true);
    String id = connected(reader);
    for (int i = 0; i < 200; i++) {
      assertEquals(200, post(id, "message " + i).statusCode());
    }
    for (int i = 0; i < 200; i++) {
      assertEquals("message " + i, reader.messages.poll(10, TimeUnit.SECONDS));
    }
    String large = "x" + "🏰".repeat(WebSocketApi.MAX_MESSAGE_BYTES / 4 - 1) + "xxx";
    assertEquals(200, post(id, large).statusCode());
    assertEquals(large, reader.messages.poll(10, TimeUnit.SECONDS));
    assertEquals(413, post(id, large + "x").statusCode());
  }

  @Test
  void aConnectionCanBeAskedForAndClosed() throws Exception {
    Reader reader = new Reader(true);
    String id = connected(reader);
    clock.advance(Duration.ofMinutes(1));
    post(id, "x");
    JsonNode described =
        JSON.readTree(
            send(HttpRequest.newBuilder(http("/live/%40connections/" + id.replace("=", "%3D"))))
                .body());
    assertEquals("2026-01-31T12:00:00Z", described.get("connectedAt").asText());
    assertEquals("2026-01-31T12:01:00Z", described.get("lastActiveAt").asText());
    assertEquals("127.0.0.1", described.at("/identity/sourceIp").asText());

    HttpRequest.Builder delete = HttpRequest.newBuilder(http("/live/@connections/" + id)).DELETE();
    assertEquals(204, send(delete).statusCode());
    assertEquals(1000, reader.closed.get(10, TimeUnit.SECONDS).status());
    assertEquals("$disconnect", event().at("/requestContext/routeKey").asText());
    HttpResponse<String> gone = post(id, "x");
    assertEquals(410, gone.statusCode());
    assertEquals("GoneException", gone.headers().firstValue("x-amzn-errortype").orElseThrow());
  }

  @Test
  void theSdksClientSendsAndIsToldThatAConnectionIsGone() throws Exception {
    Reader reader = new Reader(true);
    String id = connected(reader);
    try (ApiGatewayManagementApiClient api =
        ApiGatewayManagementApiClient.builder()
            .endpointOverride(http("/live"))
            .region(Region.US_EAST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build()) {
      api.postToConnection(
          request -> request.connectionId(id).data(SdkBytes.fromUtf8String("hello")));
      assertEquals("hello", reader.messages.poll(10, TimeUnit.SECONDS));
      assertEquals(
          clock.now(), api.getConnection(request -> request.connectionId(id)).connectedAt());
      api.deleteConnection(request -> request.connectionId(id));
      reader.closed.get(10, TimeUnit.SECONDS);
      event();
      assertThrows(
          GoneException.class,
          () ->
              api.postToConnection(
                  request -> request.connectionId(id).data(SdkBytes.fromUtf8String("hello"))));
    }
  }

  @Test
  void whatIsNoProperRequestIsRefusedInJson() throws Exception {
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
  void aReaderThatDoesNotReadIsSentNoMore() throws Exception {
    String id = connected(new Reader(false));
    String message = "x".repeat(100_000);
    int status = 200;
    // What the network's own buffers hold is above what the gateway lets wait, and bounded.
    for (int i = 0; i < 1_000 && status == 200; i++) {
      status = post(id, message).statusCode();
    }
    assertEquals(429, status);
  }

  @Test
  void aConnectionEndsWhenItIsIdleOrTwoHoursOld() throws Exception {
    Reader idle = new Reader(true);
    connected(idle);
    Reader busy = new Reader(true);
    String busyId = connected(busy);
    clock.advance(Duration.ofMinutes(9));
    assertEquals(200, post(busyId, "x").statusCode());
    clock.advance(Duration.ofMinutes(1));
    assertEquals(1001, idle.closed.get(10, TimeUnit.SECONDS).status());
    event();
    for (int minutes = 10; minutes <= 109; minutes += 9) {
      assertEquals(200, post(busyId, "x").statusCode());
      clock.advance(Duration.ofMinutes(9));
    }
    assertEquals(200, post(busyId, "x").statusCode());
    assertFalse(busy.closed.isDone());
    clock.advance(Duration.ofMinutes(2));
    assertEquals(1001, busy.closed.get(10, TimeUnit.SECONDS).status());
  }

  @Test
  void whatIsTooLargeOrBinaryEndsTheConnection() throws Exception {
    Reader large = new Reader(true);
    WebSocket socket = connect(large, "");
    // In frames that are small enough.
    for (int i = 0; i < 9; i++) {
      socket.sendText("x".repeat(16 * 1024), i == 8).join();
    }
    assertEquals(1009, large.closed.get(10, TimeUnit.SECONDS).status());

    Reader binary = new Reader(true);
    connect(binary, "").sendBinary(ByteBuffer.wrap(new byte[8]), true).join();
    assertEquals(1003, binary.closed.get(10, TimeUnit.SECONDS).status());
  }

  @Test
  void aFrameOfMoreThan32KbEndsTheConnection() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          """
          GET /live HTTP/1.1\r
          Host: localhost\r
          Upgrade: websocket\r
          Connection: Upgrade\r
          Sec-WebSocket-Version: 13\r
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
          \r
          """
              .getBytes(StandardCharsets.US_ASCII));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertTrue(line(in).startsWith("HTTP/1.1 101"));
      for (String header = line(in); !header.isEmpty(); header = line(in)) {
        assertTrue(header.contains(":"), header);
      }
      // A text frame of 32 KB and one byte, masked with zeros.
      ByteBuffer frame = ByteBuffer.allocate(8 + WebSocketApi.MAX_FRAME_BYTES + 1);
      frame.put((byte) 0x81).put((byte) (0x80 | 126));
      frame.putShort((short) (WebSocketApi.MAX_FRAME_BYTES + 1)).putInt(0);
      out.write(frame.array());
      assertEquals(0x88, in.readUnsignedByte());
      assertTrue(in.readUnsignedByte() >= 2);
      assertEquals(1009, in.readUnsignedShort());
    }
  }

  private static String line(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Test
  void aPortThatIsTakenIsSaidToBe() {
    PortTaken taken =
        assertThrows(PortTaken.class, () -> Gateway.start(gateway.port(), "live").close());
    assertEquals("port " + gateway.port() + " is taken", taken.getMessage());
  }
}
