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
 * Watches one run by the rules that PROTOCOL.md has for clients: it comes again from the last event
 * that it has, drops what it has already, fills the gap of an overflow, and says again what could
 * not be served.
 */
final class ProtocolReader implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** Silence after which it asks whether its connection lives, and as much again to be told. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private static final Duration LONGEST_LIFE = Duration.ofMinutes(4);
  private static final int LONGEST_PAUSE_MILLIS = 500;

  private final ArenaClient arena;
  private final String runId;
  private final List<Envelope> events = new ArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;
  private int cameAgain;
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

  /** Watches from the first event on. */
  static ProtocolReader of(ArenaClient arena, String runId) {
    return new ProtocolReader(arena, runId);
  }

  /**
   * What a reader went through.
   *
   * @param status how the run ended for it
   * @param events what it kept
   * @param cameAgain events that it was sent twice, and dropped
   * @param disconnects how often its connection ended
   * @param overflows how often it was told that the live buffer lacks what it wants
   */
  record Watched(
      String status, List<Envelope> events, int cameAgain, int disconnects, int overflows) {}

  /** Waits until it has so many events. */
  synchronized void awaitEvents(int wanted, Duration bound) {
    await(
        bound,
        () -> events.size() >= wanted,
        String.format(Locale.ROOT, "reader has %d events", wanted));
  }

  /** Waits until the run is closed for it. */
  synchronized Watched awaitClosed(Duration bound) {
    await(bound, () -> status != null, "run is closed for the reader");
    return new Watched(status, List.copyOf(events), cameAgain, disconnects, overflows);
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
                "within %s not: %s; it has %d events of run %s, lost its connection %d times",
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
    Instant end = Instant.now().plus(LONGEST_LIFE);
    try {
      while (Instant.now().isBefore(end) && stopped.getCount() > 0) {
        if (connect(end)) {
          return;
        }
        stopped.await(
            ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MILLIS), TimeUnit.MILLISECONDS);
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

  /** Reads over one connection; whether the run is closed. */
  private boolean connect(Instant end) throws InterruptedException {
    LiveReader connection;
    try {
      connection = arena.live();
    } catch (CompletionException e) {
      return false; // refused, or not served in time: comes again
    }
    try (connection) {
      connection.subscribe(runId, next());
      boolean asked = false;
      while (Instant.now().isBefore(end) && stopped.getCount() > 0) {
        String text;
        try {
          text = connection.next(SILENCE);
        } catch (IllegalStateException e) {
          if (asked || e.getMessage().contains("closed")) {
            disconnected();
            return false;
          }
          connection.send("{\"action\":\"ping\"}");
          asked = true;
          continue;
        }
        asked = false;
        if (take(connection, text)) {
          return true;
        }
      }
    } catch (CompletionException e) {
      disconnected(); // it could not be written to
    }
    return false;
  }

  private synchronized long next() {
    return events.size() + 1L;
  }

  private synchronized void disconnected() {
    disconnects++;
  }

  private boolean take(LiveReader connection, String text) throws InterruptedException {
    JsonNode message = json(text);
    switch (message.path("type").asText()) {
      case "events" -> keep(Envelope.allIn(text));
      case "overflow" -> {
        synchronized (this) {
          overflows++;
        }
        long available = message.get("available_from").longValue();
        keep(arena.events(runId, next()).stream().filter(e -> e.seq() < available).toList());
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
        // it lives
      }
      default -> {
        // unavailable, or the gateway's own: it is said again
        if (message.path("code").asText("unavailable").equals("invalid_field")) {
          throw new AssertionError("the server said " + text);
        }
        stopped.await(
            ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MILLIS), TimeUnit.MILLISECONDS);
        connection.subscribe(runId, next());
      }
    }
    return false;
  }

  private synchronized void keep(List<Envelope> came) {
    for (Envelope envelope : came) {
      if (envelope.seq() < next()) {
        cameAgain++;
      } else if (envelope.seq() == next()) {
        events.add(envelope);
      } else {
        throw new AssertionError(
            String.format(Locale.ROOT, "seq %d came after %d", envelope.seq(), next() - 1));
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
