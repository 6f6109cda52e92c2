package arena.local.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A WebSocket connection with a queue of received messages. */
public final class LiveReader implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Duration OPEN = Duration.ofSeconds(15);

  /** Follows the last message of a closed connection. */
  private static final String END = "";

  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private WebSocket socket;

  private LiveReader() {}

  /** The end of a run's stream: the {@code closed} message and the events before it. */
  public record Closed(String status, long lastSeq, List<Envelope> events) {}

  static LiveReader open(HttpClient client, URI websocket) {
    LiveReader reader = new LiveReader();
    reader.socket =
        client
            .newWebSocketBuilder()
            .connectTimeout(OPEN)
            .buildAsync(websocket, reader.new Listener())
            .orTimeout(OPEN.toSeconds(), TimeUnit.SECONDS)
            .join();
    return reader;
  }

  /** Sends a message. */
  public void send(String message) {
    socket.sendText(message, true).orTimeout(OPEN.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Subscribes to a run. */
  public void subscribe(String runId, long fromSeq) {
    send(
        String.format(
            Locale.ROOT,
            "{\"action\":\"subscribe\",\"run_id\":\"%s\",\"from_seq\":%d}",
            runId,
            fromSeq));
  }

  /**
   * Returns the next message; fails if none arrives within the bound or the connection is closed.
   */
  public String next(Duration bound) {
    try {
      String message = messages.poll(bound.toMillis(), TimeUnit.MILLISECONDS);
      if (message == null) {
        throw new IllegalStateException("no message within " + bound);
      }
      if (message.equals(END)) {
        messages.add(END);
        throw new IllegalStateException("the connection is closed");
      }
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a message", e);
    }
  }

  /** Returns the next message as JSON. */
  public JsonNode nextJson(Duration bound) {
    return json(next(bound));
  }

  /** Reads messages about a run until it is closed; fails on an error, an overflow or silence. */
  public Closed untilClosed(String runId, Duration silence, Consumer<Envelope> each) {
    List<Envelope> events = new ArrayList<>();
    while (true) {
      String text = next(silence);
      JsonNode message = json(text);
      if (!message.path("run_id").asText(runId).equals(runId)) {
        continue;
      }
      switch (message.path("type").asText()) {
        case "events" -> {
          for (Envelope envelope : Envelope.allIn(text)) {
            each.accept(envelope);
            events.add(envelope);
          }
        }
        case "closed" -> {
          return new Closed(
              message.path("status").asText(), message.path("last_seq").asLong(), events);
        }
        case "pong" -> {
          // ignored
        }
        default -> {
          // A reader that is behind stays subscribed, and the events follow.
          if (!message.path("code").asText().equals("behind")) {
            throw new IllegalStateException("unexpected message: " + text);
          }
        }
      }
    }
  }

  /** Waits until the server closes the connection; fails after the bound. */
  public void awaitClose(Duration bound) {
    try {
      if (!closed.await(bound.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("the server did not close the connection within " + bound);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a close", e);
    }
  }

  @Override
  public void close() {
    socket.abort();
  }

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("not JSON: " + text, e);
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        messages.add(partial.toString());
        partial.setLength(0);
      }
      webSocket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
      end();
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      end();
    }

    private void end() {
      closed.countDown();
      messages.add(END);
    }
  }
}
