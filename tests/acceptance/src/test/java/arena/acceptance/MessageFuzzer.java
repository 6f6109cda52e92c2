package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Sends generated WebSocket messages and handshakes. Each batch of messages ends with a ping, whose
 * answer shows that all were handled.
 */
final class MessageFuzzer {
  private static final int SECONDS = 30;
  private static final int BATCH = 8;
  private static final int MAX_MESSAGE = 128 * 1024;
  private static final String PING = "{\"action\":\"ping\"}";

  /** Follows the last message of a closed connection. */
  private static final String END = "";

  private static final Set<String> TYPES = Set.of("events", "overflow", "closed", "pong", "error");

  private final RandomGenerator random;
  private final ArenaClient viewer;
  private final List<String> pieces;
  private final List<String> batch = new ArrayList<>();
  private long sent;

  /** Whether the connection has got a message after which it may be closed. */
  private boolean mayClose;

  MessageFuzzer(RandomGenerator random, ArenaClient viewer, String runId) {
    this.random = random;
    this.viewer = viewer;
    pieces =
        List.of(
            PING,
            "{\"action\":\"subscribe\",\"run_id\":\"" + runId + "\",\"from_seq\":1}",
            "{\"action\":\"unsubscribe\",\"run_id\":\"" + runId + "\"}",
            "{\"action\":\"subscribe\"}",
            "\"action\"",
            "\"run_id\":",
            runId,
            "{}",
            "[",
            "]",
            "\"",
            "\\",
            "\\u0000",
            "\\ud800",
            ":",
            ",",
            "null",
            "1e999",
            "-0",
            "9".repeat(50),
            "\u0000",
            "\u202e",
            "\u001b]52;c;x\u0007",
            "😀",
            "\n",
            "[".repeat(500));
  }

  private static final class Listener implements WebSocket.Listener {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private volatile String closeCode = "";

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        messages.add(partial.toString());
        partial.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      closeCode = status + " " + reason;
      messages.add(END);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closeCode = error.toString();
      messages.add(END);
    }
  }

  /** Sends messages until a time of {@link System#nanoTime} and returns their number. */
  long until(long deadline) throws InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (System.nanoTime() < deadline) {
        assertRefused(client);
        Listener listener = new Listener();
        mayClose = false;
        WebSocket socket = open(client, viewer.webSocketUrl(), listener);
        try {
          for (int batch = 0; batch < 20 && System.nanoTime() < deadline; batch++) {
            if (!survives(socket, listener)) {
              break;
            }
          }
        } finally {
          socket.abort();
        }
      }
    }
    return sent;
  }

  private static WebSocket open(HttpClient client, URI address, WebSocket.Listener listener) {
    return client
        .newWebSocketBuilder()
        .buildAsync(address, listener)
        .orTimeout(SECONDS, TimeUnit.SECONDS)
        .join();
  }

  /** A handshake without a valid ticket. */
  private void assertRefused(HttpClient client) {
    URI address = AcceptanceStack.shared().stack().webSocketUrl();
    String query =
        any(
            List.of(
                "",
                "?ticket=",
                "?ticket=ticket_" + "x".repeat(43),
                "?ticket=" + "y".repeat(random.nextInt(2_000)),
                "?ticket=%00",
                "?ticket=%F0%9F%98%80",
                "?ticket[]=x",
                "?Ticket=x",
                "?token=x&ticket",
                "?principal=local&role=operator"));
    sent++;
    try {
      open(client, URI.create(address + query), new Listener()).abort();
      throw new AssertionError("connected with " + query);
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof WebSocketHandshakeException refused)) {
        throw e;
      }
      int status = refused.getResponse().statusCode();
      assertTrue(status == 401 || status == 403, () -> status + " for " + query);
    }
  }

  /** Sends a batch; returns whether the connection is still open, as it may not be after it. */
  private boolean survives(WebSocket socket, Listener listener) throws InterruptedException {
    batch.clear();
    try {
      for (int i = random.nextInt(BATCH); i > 0; i--) {
        mayClose |= sendOne(socket);
        sent++;
      }
      send(socket, PING);
    } catch (CompletionException e) {
      assertTrue(mayClose, e::toString);
      return false;
    }
    while (true) {
      String message = listener.messages.poll(SECONDS, TimeUnit.SECONDS);
      assertTrue(message != null, () -> "no answer to " + batch);
      if (message.equals(END)) {
        assertTrue(mayClose, () -> "closed " + listener.closeCode + " after " + batch);
        return false;
      }
      JsonNode json = Protocol.json(message);
      String type = json.path("type").asText();
      assertTrue(TYPES.contains(type), message);
      if (type.equals("error")) {
        assertTrue(
            !Set.of("internal_error", "unavailable").contains(json.path("code").asText()), message);
      }
      if (type.equals("pong")) {
        assertEquals("{\"type\":\"pong\"}", message);
        return true;
      }
    }
  }

  /** Sends one message; returns whether the connection may be closed after it. */
  private boolean sendOne(WebSocket socket) {
    int kind = random.nextInt(40);
    if (kind == 0) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      socket.sendBinary(ByteBuffer.wrap(bytes), true).orTimeout(SECONDS, TimeUnit.SECONDS).join();
      return true;
    }
    if (kind == 1) {
      send(socket, "{\"action\":\"" + "x".repeat(MAX_MESSAGE) + "\"}");
      return true;
    }
    String text = generated();
    batch.add(text);
    send(socket, text);
    return false;
  }

  private <T> T any(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private String generated() {
    StringBuilder text = new StringBuilder(any(pieces));
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(text.length() + 1);
      if (at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at))) {
        at--;
      }
      switch (random.nextInt(3)) {
        case 0 -> text.insert(at, any(pieces));
        case 1 -> text.setLength(at);
        default -> text.append(any(pieces));
      }
    }
    return text.isEmpty() ? "{" : text.toString();
  }

  private static void send(WebSocket socket, String text) {
    // In frames that API Gateway takes.
    int frame = 16 * 1024;
    for (int from = 0; from < text.length(); from += frame) {
      int to = Math.min(text.length(), from + frame);
      socket
          .sendText(text.substring(from, to), to == text.length())
          .orTimeout(SECONDS, TimeUnit.SECONDS)
          .join();
    }
  }
}
