package arena.benchmark;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A WebSocket client that notes when each message came, and looks into none meanwhile. */
final class Viewer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final List<Received> received = new ArrayList<>();
  private final CompletableFuture<Instant> first = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private WebSocket socket;

  private Viewer() {}

  /** A message, and when the whole of it was here. */
  record Received(Instant at, String message) {}

  static Viewer open(HttpClient client, URI address) {
    Viewer viewer = new Viewer();
    viewer.socket =
        client
            .newWebSocketBuilder()
            .connectTimeout(LIMIT)
            .buildAsync(address, viewer.new Listener())
            .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
            .join();
    return viewer;
  }

  /** Asks for a run's events, from the first. */
  void subscribe(String runId) {
    socket
        .sendText(
            "{\"action\":\"subscribe\",\"run_id\":\"%s\",\"from_seq\":1}".formatted(runId), true)
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  /** When the first events came; waits for them, 20 s at most. */
  Instant firstEvents() {
    return await(first, LIMIT);
  }

  /** Waits until the run is closed for this viewer; what it got until then. */
  List<Received> untilClosed(Duration limit) {
    await(closed, limit);
    synchronized (received) {
      return List.copyOf(received);
    }
  }

  private static <T> T await(CompletableFuture<T> future, Duration limit) {
    try {
      return future.copy().orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).join();
    } catch (CompletionException e) {
      throw new IllegalStateException("a viewer waited in vain: " + e.getCause(), e);
    }
  }

  @Override
  public void close() {
    socket.abort();
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        take(new Received(Instant.now(), partial.toString()));
        partial.setLength(0);
      }
      webSocket.request(1);
      return null;
    }

    private void take(Received message) {
      if (message.message().startsWith("{\"type\":\"events\"")) {
        synchronized (received) {
          received.add(message);
        }
        first.complete(message.at());
      } else if (message.message().startsWith("{\"type\":\"closed\"")) {
        closed.complete(null);
      } else {
        fail(new IllegalStateException("the server said " + message.message()));
      }
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      fail(error);
    }

    private void fail(Throwable why) {
      first.completeExceptionally(why);
      closed.completeExceptionally(why);
    }
  }
}
