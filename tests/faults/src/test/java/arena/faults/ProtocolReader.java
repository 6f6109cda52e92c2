package arena.faults;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A live reader that follows the client rules of PROTOCOL.md: it reconnects from its last event,
 * drops duplicates, fills the gap after an overflow, and repeats requests that failed.
 */
final class ProtocolReader implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** Silence after which it sends a ping, and the longest wait for the pong. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private static final Duration MAX_DURATION = Duration.ofMinutes(4);
  private static final int MAX_PAUSE_MILLIS = 500;

  private final ArenaClient arena;
  private final String runId;
  private final List<Envelope> events = new ArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;
  private int duplicates;
  private int disconnects;
  private int overflows;
  private String status;
  private Throwable failed;

  private ProtocolReader(ArenaClient arena, String runId) {
    this.arena = arena;
    this.runId = runId;
    thread = Thread.ofVirtual().name("reader").unstarted(this::watch);
    thread.start();
  }

  /** Starts reading from the first event. */
  static ProtocolReader of(ArenaClient arena, String runId) {
    return new ProtocolReader(arena, runId);
  }

  /**
   * The state of a reader.
   *
   * @param status the run's status in the {@code closed} message
   * @param events the events that it kept
   * @param duplicates events that it received again and dropped
   * @param disconnects number of lost connections
   * @param overflows number of overflow messages
   */
  record Watched(
      String status, List<Envelope> events, int duplicates, int disconnects, int overflows) {}

  /** Waits until the reader has at least this many events. */
  synchronized void awaitEvents(int wanted, Duration bound) {
    await(
        bound,
        () -> events.size() >= wanted,
        String.format(Locale.ROOT, "reader has %d events", wanted));
  }

  /** Waits for the {@code closed} message. */
  synchronized Watched awaitClosed(Duration bound) {
    await(bound, () -> status != null, "run is closed for the reader");
    return new Watched(status, List.copyOf(events), duplicates, disconnects, overflows);
  }

  private synchronized void await(
      Duration bound, java.util.function.BooleanSupplier done, String what) {
    Instant deadline = Instant.now().plus(bound);
    while (!done.getAsBoolean()) {
      long left = Duration.between(Instant.now(), deadline).toMillis();
      if (failed != null) {
        throw new AssertionError("the reader of run " + runId + " failed", failed);
      }
      if (left <= 0) {
        throw new AssertionError(
            String.format(
                Locale.ROOT,
                "not within %s: %s; events: %d, run: %s, disconnects: %d",
                bound,
                what,
                events.size(),
                runId,
                disconnects));
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }

  private void watch() {
    Instant end = Instant.now().plus(MAX_DURATION);
    try {
      while (Instant.now().isBefore(end) && stopped.getCount() > 0) {
        if (connect(end)) {
          return;
        }
        stopped.await(ThreadLocalRandom.current().nextInt(MAX_PAUSE_MILLIS), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        failed = e;
        notifyAll();
      }
    }
  }

  /** Reads over one connection; returns whether the run is closed. */
  private boolean connect(Instant end) throws InterruptedException {
    LiveReader connection;
    try {
      connection = arena.live();
    } catch (CompletionException e) {
      return false; // refused or timed out: reconnect
    }
    try (connection) {
      connection.subscribe(runId, next());
      boolean pinged = false;
      while (Instant.now().isBefore(end) && stopped.getCount() > 0) {
        String text;
        try {
          text = connection.next(SILENCE);
        } catch (IllegalStateException e) {
          if (pinged || e.getMessage().contains("closed")) {
            disconnected();
            return false;
          }
          connection.send("{\"action\":\"ping\"}");
          pinged = true;
          continue;
        }
        pinged = false;
        if (handle(connection, text)) {
          return true;
        }
      }
    } catch (CompletionException e) {
      disconnected(); // failed to write
    }
    return false;
  }

  private synchronized long next() {
    return events.size() + 1L;
  }

  private synchronized void disconnected() {
    disconnects++;
  }

  private boolean handle(LiveReader connection, String text) throws InterruptedException {
    JsonNode message = json(text);
    switch (message.path("type").asText()) {
      case "events" -> append(Envelope.allIn(text));
      case "overflow" -> {
        synchronized (this) {
          overflows++;
        }
        long available = message.get("available_from").longValue();
        append(arena.events(runId, next()).stream().filter(e -> e.seq() < available).toList());
        connection.subscribe(runId, next());
      }
      case "closed" -> {
        if (message.get("last_seq").longValue() != next() - 1) {
          throw new AssertionError("closed, but the reader has " + (next() - 1) + ": " + text);
        }
        synchronized (this) {
          status = message.get("status").textValue();
          notifyAll();
        }
        return true;
      }
      case "pong" -> {
        // the connection is alive
      }
      case "error" -> {
        if (message.path("code").asText().equals("behind")) {
          return false; // the subscription stays, and the events follow
        }
        subscribeAgain(connection, message);
      }
      default -> subscribeAgain(connection, message); // an error of the gateway
    }
    return false;
  }

  private void subscribeAgain(LiveReader connection, JsonNode message) throws InterruptedException {
    if (message.path("code").asText("unavailable").equals("invalid_field")) {
      throw new AssertionError("rejected by the server: " + message);
    }
    stopped.await(ThreadLocalRandom.current().nextInt(MAX_PAUSE_MILLIS), TimeUnit.MILLISECONDS);
    connection.subscribe(runId, next());
  }

  private synchronized void append(List<Envelope> received) {
    for (Envelope envelope : received) {
      if (envelope.seq() < next()) {
        duplicates++;
      } else if (envelope.seq() == next()) {
        events.add(envelope);
      } else {
        throw new AssertionError(
            String.format(Locale.ROOT, "received seq %d after %d", envelope.seq(), next() - 1));
      }
    }
    notifyAll();
  }

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  @Override
  public void close() {
    stopped.countDown();
    thread.interrupt();
  }
}
