package arena.local.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.apigatewaymanagementapi.model.GoneException;

/** The WebSocket API of a gateway. */
final class WebSocketApiTest extends GatewayFixture {
  private record Closed(int status, String reason) {}

  /** A client that records messages; it reads none if {@code reads} is false. */
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
    JsonNode event = WebSocketHandler.EVENTS.poll(10, TimeUnit.SECONDS);
    assertTrue(event != null, "no event within 10 s");
    return event;
  }

  /** Connects and returns the connection's id. */
  private String connected(Reader reader) throws InterruptedException {
    WebSocket socket = connect(reader, "");
    String id = event().at("/requestContext/connectionId").asText();
    // The event of a message follows the registration of the connection.
    socket.sendText("{\"action\":\"subscribe\"}", true).join();
    event();
    return id;
  }

  private HttpResponse<String> post(String connectionId, String message) throws Exception {
    return send(
        HttpRequest.newBuilder(internal("/live/@connections/" + connectionId))
            .POST(HttpRequest.BodyPublishers.ofString(message)));
  }

  @Test
  void sendsConnectMessageAndDisconnectEvents() throws Exception {
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
            "not JSON", "$default");
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
  void rejectsAConnectionByTheStatusOfTheFunction() throws Exception {
    CompletionException refused =
        assertThrows(CompletionException.class, () -> connect(new Reader(true), "?refuse=403"));
    WebSocketHandshakeException handshake = (WebSocketHandshakeException) refused.getCause();
    assertEquals(403, handshake.getResponse().statusCode());
    String id = event().at("/requestContext/connectionId").asText();
    assertEquals(410, post(id, "x").statusCode());
  }

  @Test
  void hidesTheCauseOfAnErrorOfTheFunction() throws Exception {
    Reader reader = new Reader(true);
    WebSocket socket = connect(reader, "");
    socket.sendText("fail", true).join();
    JsonNode message = JSON.readTree(reader.messages.poll(10, TimeUnit.SECONDS));
    assertEquals("Internal server error", message.get("message").asText());
    assertFalse(message.toString().contains("secret"));
  }

  @Test
  void deliversMessagesInOrder() throws Exception {
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
  void describesAndClosesAConnection() throws Exception {
    Reader reader = new Reader(true);
    String id = connected(reader);
    clock.advance(Duration.ofMinutes(1));
    post(id, "x");
    JsonNode described =
        JSON.readTree(
            send(HttpRequest.newBuilder(internal("/live/%40connections/" + id.replace("=", "%3D"))))
                .body());
    assertEquals("2026-01-31T12:00:00Z", described.get("connectedAt").asText());
    assertEquals("2026-01-31T12:01:00Z", described.get("lastActiveAt").asText());
    assertEquals("127.0.0.1", described.at("/identity/sourceIp").asText());

    HttpRequest.Builder delete =
        HttpRequest.newBuilder(internal("/live/@connections/" + id)).DELETE();
    assertEquals(204, send(delete).statusCode());
    assertEquals(1000, reader.closed.get(10, TimeUnit.SECONDS).status());
    assertEquals("$disconnect", event().at("/requestContext/routeKey").asText());
    HttpResponse<String> gone = post(id, "x");
    assertEquals(410, gone.statusCode());
    assertEquals("GoneException", gone.headers().firstValue("x-amzn-errortype").orElseThrow());
  }

  @Test
  void rejectsIdsThatItNeverAssigns() throws Exception {
    HttpResponse<String> rejected = post("not-an-id", "x");
    assertEquals(400, rejected.statusCode());
    assertEquals(
        "BadRequestException", rejected.headers().firstValue("x-amzn-errortype").orElseThrow());
    HttpRequest.Builder delete = HttpRequest.newBuilder(internal("/live/@connections/a")).DELETE();
    assertEquals(400, send(delete).statusCode());
    assertEquals(
        400,
        send(HttpRequest.newBuilder(internal("/live/@connections/" + "x".repeat(40))))
            .statusCode());
  }

  @Test
  void servesTheSdksClient() throws Exception {
    Reader reader = new Reader(true);
    String id = connected(reader);
    try (ApiGatewayManagementApiClient api =
        ApiGatewayManagementApiClient.builder()
            .endpointOverride(internal("/live"))
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
  void returns429ForAReaderThatDoesNotRead() throws Exception {
    String id = connected(new Reader(false));
    String message = "x".repeat(100_000);
    int status = 200;
    // The network's buffers come on top of the gateway's queue, and are bounded.
    for (int i = 0; i < 1_000 && status == 200; i++) {
      status = post(id, message).statusCode();
    }
    assertEquals(429, status);
  }

  @Test
  void closesIdleAndOldConnections() throws Exception {
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
  void closesTheConnectionAfterALargeOrBinaryMessage() throws Exception {
    Reader large = new Reader(true);
    WebSocket socket = connect(large, "");
    // The frames are within the limit.
    for (int i = 0; i < 9; i++) {
      socket.sendText("x".repeat(16 * 1024), i == 8).join();
    }
    assertEquals(1009, large.closed.get(10, TimeUnit.SECONDS).status());

    Reader binary = new Reader(true);
    connect(binary, "").sendBinary(ByteBuffer.wrap(new byte[8]), true).join();
    assertEquals(1003, binary.closed.get(10, TimeUnit.SECONDS).status());
  }

  @Test
  void closesTheConnectionAfterAFrameOfMoreThan32Kb() throws Exception {
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
      // A text frame of 32 KB and one byte, with a zero mask.
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
}
