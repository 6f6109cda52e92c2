package arena.local.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a gateway answers to web pages in a browser on the same machine. */
final class WebPagesTest extends GatewayFixture {
  private static final String UPGRADE =
      """
      Connection: Upgrade\r
      Upgrade: websocket\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      """;

  /** Sends a request as it is and returns the start of the answer. */
  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      byte[] answer = new byte[8_192];
      int length = 0;
      int read;
      while ((read = socket.getInputStream().read(answer, length, answer.length - length)) > 0) {
        length += read;
        String text = new String(answer, 0, length, StandardCharsets.UTF_8);
        // The connection of an upgrade stays open.
        if (text.startsWith("HTTP/1.1 101 ") || text.endsWith("}}")) {
          return text;
        }
      }
      return new String(answer, 0, length, StandardCharsets.UTF_8);
    }
  }

  private String http(String start, String headers) throws IOException {
    return raw(start + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n");
  }

  private String webSocket(String headers) throws IOException {
    return raw("GET /live HTTP/1.1\r\n" + headers + UPGRADE + "\r\n");
  }

  private String host() {
    return "Host: localhost:" + gateway.port() + "\r\n";
  }

  private static void assertRefused(String code, String answer) throws IOException {
    assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
    assertFalse(answer.toLowerCase(java.util.Locale.ROOT).contains("access-control"), answer);
    assertEquals(
        code, JSON.readTree(answer.split("\r\n\r\n", 2)[1]).at("/error/code").asText(), answer);
  }

  @Test
  void refusesForeignOriginsOverHttpAndWebSocket() throws Exception {
    for (String origin :
        List.of(
            "https://evil.example", "null", "http://localhost:3000", "http://localhost:5173.")) {
      String headers = host() + "Origin: " + origin + "\r\n";
      assertRefused("foreign_origin", http("GET /runs/a", headers));
      assertRefused("foreign_origin", http("GET /nowhere", headers));
      assertRefused("foreign_origin", http("POST /runs", headers + "Content-Length: 0\r\n"));
      assertRefused(
          "foreign_origin",
          http("OPTIONS /runs", headers + "Access-Control-Request-Method: POST\r\n"));
      assertRefused("foreign_origin", webSocket(headers));
    }
    assertTrue(WebSocketHandler.EVENTS.isEmpty(), "no function is invoked");
  }

  @Test
  void refusesForeignHostsOverHttpAndWebSocket() throws Exception {
    for (String host :
        List.of(
            "evil.example", "localhost.evil.example:" + gateway.port(), "localhost.", "127.1")) {
      String headers = "Host: " + host + "\r\n";
      assertRefused("foreign_host", http("GET /runs/a", headers));
      assertRefused("foreign_host", webSocket(headers));
      // A page under a name that now resolves to 127.0.0.1 is of the same origin.
      assertRefused("foreign_host", webSocket(headers + "Origin: http://" + host + "\r\n"));
    }
    assertTrue(WebSocketHandler.EVENTS.isEmpty(), "no function is invoked");
  }

  @Test
  void refusesRequestsWhoseHostIsNotOne() throws Exception {
    assertTrue(http("GET /runs/a", "").startsWith("HTTP/1.1 400 "));
    assertTrue(http("GET /runs/a", host() + host()).startsWith("HTTP/1.1 400 "));
    assertTrue(http("GET /runs/a", host() + "Host: evil.example\r\n").startsWith("HTTP/1.1 400 "));
    assertTrue(http("GET http://evil.example/runs/a", host()).startsWith("HTTP/1.1 400 "));
    assertTrue(http("GET /runs/a", "Host: a@localhost\r\n").startsWith("HTTP/1.1 400 "));
    assertRefused("foreign_host", raw("GET /runs/a HTTP/1.0\r\n\r\n"));
    assertRefused("foreign_host", http("GET http://evil.example/runs/a", "Host: evil.example\r\n"));
  }

  @Test
  void servesTheFrontendItsOwnPagesAndPrograms() throws Exception {
    for (String origin :
        List.of(
            "http://localhost:5173",
            "HTTP://LOCALHOST:5173",
            "http://127.0.0.1:" + gateway.port())) {
      String headers = host() + "Origin: " + origin + "\r\n";
      assertTrue(http("GET /runs/a", headers).startsWith("HTTP/1.1 200 "), origin);
      assertTrue(webSocket(headers).startsWith("HTTP/1.1 101 "), origin);
    }
    for (String host : List.of("localhost", "LOCALHOST:1", "127.0.0.1:9999", "[::1]:8000")) {
      String headers = "Host: " + host + "\r\n";
      assertTrue(http("GET /runs/a", headers).startsWith("HTTP/1.1 200 "), host);
      assertTrue(webSocket(headers).startsWith("HTTP/1.1 101 "), host);
    }
  }

  @Test
  void connectionsAreNotReachedByThePublicPort() throws Exception {
    for (String path : List.of("/live/@connections/abc", "/live/%40connections/abc")) {
      String answer = http("POST " + path, host() + "Content-Length: 0\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 404 "), answer);
    }
  }
}
