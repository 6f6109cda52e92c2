package arena.local.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A viewer of a run for load tests. Instead of events it keeps a digest, which shows whether it got
 * each event once, in order and with the same bytes. It reconnects when its connection is lost.
 */
final class CrowdViewer implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Duration OPEN = Duration.ofSeconds(30);
  private static final Duration BACKOFF = Duration.ofMillis(500);

  /** Most connections of one viewer. */
  private static final int MAX_CONNECTIONS = 200;

  private static final Duration TRICKLE_INTERVAL = Duration.ofSeconds(1);

  /** Messages after which a flapping viewer disconnects. */
  private static final int FLAP_EVERY = 4;

  private static final String EVENTS = "{\"type\":\"events\"";
  private static final String LIST = "\"events\":[";
  private static final String TS = "\"ts\":\"";

  private final HttpClient client;
  private final Supplier<URI> address;
  private final ViewerCrowd.Habit habit;
  private final String runId;
  private final String envelopeStart;
  private final CompletableFuture<Long> closed = new CompletableFuture<>();
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private final List<ViewerCrowd.Arrival> arrivals = new ArrayList<>();
  private final Digest digest = new Digest();
  private WebSocket socket;
  private int connections;
  private int current;
  private int messages;
  private long lastSeq;
  private boolean released;
  private boolean closing;

  CrowdViewer(HttpClient client, Supplier<URI> address, String runId, ViewerCrowd.Habit habit) {
    this.client = client;
    this.address = address;
    this.runId = runId;
    this.habit = habit;
    envelopeStart = "{\"run_id\":\"" + runId + "\",\"seq\":";
  }

  /** A digest of all envelopes, independent of their distribution over messages. */
  static final class Digest {
    private long value;

    void add(CharSequence text, int start, int end) {
      long sum = value;
      for (int i = start; i < end; i++) {
        sum = sum * 31 + text.charAt(i);
      }
      value = sum * 31 + ',';
    }

    long value() {
      return value;
    }
  }

  ViewerCrowd.Habit habit() {
    return habit;
  }

  /** Completes with the last seq when the run is closed. */
  CompletableFuture<Long> closed() {
    return closed;
  }

  synchronized long digest() {
    return digest.value();
  }

  /** Completes with the first message of events. */
  CompletableFuture<Void> first() {
    return first;
  }

  /** Returns one arrival for each message. */
  synchronized List<ViewerCrowd.Arrival> arrivals() {
    return List.copyOf(arrivals);
  }

  /** Returns the number of connections. */
  synchronized int connections() {
    return connections;
  }

  /** Connects and subscribes from the next seq. */
  void connect() {
    int number;
    synchronized (this) {
      if (closing || ++connections > MAX_CONNECTIONS) {
        closed.completeExceptionally(new IllegalStateException("too many reconnections"));
        return;
      }
      number = ++current;
    }
    try {
      WebSocket opened =
          client
              .newWebSocketBuilder()
              .connectTimeout(OPEN)
              .buildAsync(address.get(), new Listener(number))
              .orTimeout(OPEN.toSeconds(), TimeUnit.SECONDS)
              .join();
      synchronized (this) {
        socket = opened;
      }
      subscribe(opened);
    } catch (RuntimeException e) {
      reconnect(number);
    }
  }

  private void subscribe(WebSocket to) {
    long from;
    synchronized (this) {
      from = lastSeq + 1;
    }
    to.sendText(
            String.format(
                Locale.ROOT,
                "{\"action\":\"subscribe\",\"run_id\":\"%s\",\"from_seq\":%d}",
                runId,
                from),
            true)
        .orTimeout(OPEN.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  private static void later(Duration delay, Runnable task) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                Thread.sleep(delay);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
              }
              task.run();
            });
  }

  /** Called once for each connection that ended. */
  private void reconnect(int number) {
    synchronized (this) {
      if (closing || closed.isDone() || number != current) {
        return;
      }
    }
    later(BACKOFF, this::connect);
  }

  /** Lets a slow viewer read on. */
  void release() {
    WebSocket to;
    synchronized (this) {
      released = true;
      to = socket;
    }
    if (to != null && habit == ViewerCrowd.Habit.SLOW) {
      to.request(1);
    }
  }

  @Override
  public void close() {
    WebSocket to;
    synchronized (this) {
      closing = true;
      to = socket;
    }
    if (to != null) {
      to.abort();
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();
    private final int number;

    private Listener(int number) {
      this.number = number;
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      partial.append(data);
      boolean requestNext = true;
      if (last) {
        requestNext = handle(webSocket, partial);
        partial.setLength(0);
      }
      if (requestNext) {
        webSocket.request(1);
      }
      return null;
    }

    /** Handles a message; returns whether to request the next one. */
    private boolean handle(WebSocket webSocket, StringBuilder message) {
      synchronized (CrowdViewer.this) {
        if (number != current || closing) {
          return false; // a message of an abandoned connection
        }
        if (!startsWith(message, EVENTS)) {
          return handleOther(webSocket, message.toString());
        }
        handleEvents(message);
        messages++;
        if (habit == ViewerCrowd.Habit.FLAPPING && messages % FLAP_EVERY == 0) {
          current++; // ignores later messages of this connection
          webSocket.abort();
          Thread.ofVirtual().start(CrowdViewer.this::connect);
          return false;
        }
        if (habit == ViewerCrowd.Habit.TRICKLE && !released) {
          later(TRICKLE_INTERVAL, () -> webSocket.request(1));
          return false;
        }
        return habit != ViewerCrowd.Habit.SLOW || released;
      }
    }

    private void handleEvents(StringBuilder message) {
      int start = message.indexOf(LIST) + LIST.length();
      long firstSeq = seqAt(message, start);
      int last = message.lastIndexOf(envelopeStart);
      if (firstSeq != lastSeq + 1) {
        closed.completeExceptionally(
            new IllegalStateException(
                String.format(Locale.ROOT, "seq %d follows %d", firstSeq, lastSeq)));
      }
      lastSeq = seqAt(message, last);
      digest.add(message, start, message.length() - "]}".length());
      int ts = message.indexOf(TS, start) + TS.length();
      Instant oldest = Instant.parse(message.substring(ts, message.indexOf("\"", ts)));
      arrivals.add(new ViewerCrowd.Arrival(oldest, Instant.now()));
      first.complete(null);
    }

    private long seqAt(StringBuilder message, int envelope) {
      int start = envelope + envelopeStart.length();
      int end = message.indexOf(",", start);
      return Long.parseLong(message, start, end, 10);
    }

    private boolean handleOther(WebSocket webSocket, String text) {
      JsonNode message;
      try {
        message = MAPPER.readTree(text);
      } catch (IOException e) {
        closed.completeExceptionally(e);
        return false;
      }
      switch (message.path("type").asText()) {
        case "closed" -> {
          if (message.path("last_seq").asLong() == lastSeq) {
            closed.complete(lastSeq);
          } else {
            closed.completeExceptionally(
                new IllegalStateException(
                    String.format(Locale.ROOT, "closed after seq %d: %s", lastSeq, text)));
          }
        }
        case "", "error" -> {
          boolean busy =
              !message.has("type") || message.path("code").asText().equals("unavailable");
          if (busy) {
            later(BACKOFF, () -> subscribe(webSocket));
          } else {
            closed.completeExceptionally(new IllegalStateException("unexpected message: " + text));
          }
        }
        default ->
            closed.completeExceptionally(new IllegalStateException("unexpected message: " + text));
      }
      return true;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
      reconnect(number);
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      reconnect(number);
    }
  }

  private static boolean startsWith(StringBuilder text, String start) {
    return text.length() >= start.length() && text.substring(0, start.length()).equals(start);
  }
}
