package arena.local.gateway;

import arena.local.clock.StackClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/**
 * An open connection: its bounded queue of outgoing messages, and its limits of lifetime and idle
 * time. Thread-safe.
 */
final class WebSocketConnection {
  /** Longest duration of a connection. */
  static final Duration MAX_DURATION = Duration.ofHours(2);

  /** Longest time without a message in either direction. */
  static final Duration MAX_IDLE = Duration.ofMinutes(10);

  /** Most bytes in the queue. */
  static final int MAX_QUEUED_BYTES = 512 * 1024;

  /** Most messages in the queue. */
  static final int MAX_QUEUED_MESSAGES = 256;

  /** Characters that fit in any frame: a UTF-16 character takes at most three bytes in UTF-8. */
  private static final int MAX_PIECE_CHARACTERS = WebSocketApi.MAX_FRAME_BYTES / 3;

  private static final long CLOSE_PATIENCE_SECONDS = 5;
  private static final int GOING_AWAY = 1001;

  /** The result of {@link #send}. */
  enum Accepted {
    /** The message is in the queue. */
    YES,
    /** The connection is closed. */
    GONE,
    /** The queue is full. */
    FULL
  }

  private record Message(String text, int bytes) {}

  /** A part of a message that fits in a frame. */
  private record Piece(String text, boolean last) {}

  private final String id;
  private final String sourceIp;
  private final String userAgent;
  private final Session session;
  private final StackClock clock;
  private final Instant connectedAt;
  private final Deque<Message> queue = new ArrayDeque<>();
  private final AtomicInteger pumping = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private int queuedBytes;
  private int sentCharacters;
  private boolean sending;
  private boolean closing;
  private Instant lastActiveAt;
  private StackClock.Timer idleTimer;
  private StackClock.Timer lifeTimer;

  WebSocketConnection(
      String id, String sourceIp, String userAgent, Session session, StackClock clock) {
    this.id = id;
    this.sourceIp = sourceIp;
    this.userAgent = userAgent;
    this.session = session;
    this.clock = clock;
    connectedAt = clock.now();
    lastActiveAt = connectedAt;
  }

  String id() {
    return id;
  }

  String sourceIp() {
    return sourceIp;
  }

  String userAgent() {
    return userAgent;
  }

  Instant connectedAt() {
    return connectedAt;
  }

  synchronized Instant lastActiveAt() {
    return lastActiveAt;
  }

  /** Starts the timers. */
  synchronized void opened() {
    lifeTimer = clock.after(MAX_DURATION, () -> close(GOING_AWAY, "Going away"));
    idleTimer = clock.after(MAX_IDLE, this::closeIfIdle);
  }

  private void closeIfIdle() {
    synchronized (this) {
      Duration idle = Duration.between(lastActiveAt, clock.now());
      if (idle.compareTo(MAX_IDLE) < 0) {
        if (!closing) {
          idleTimer = clock.after(MAX_IDLE.minus(idle), this::closeIfIdle);
        }
        return;
      }
    }
    close(GOING_AWAY, "Going away");
  }

  /** Records a message of the client. */
  synchronized void received() {
    lastActiveAt = clock.now();
  }

  /** Adds a message to the queue. */
  Accepted send(String text) {
    Message message = new Message(text, text.getBytes(StandardCharsets.UTF_8).length);
    synchronized (this) {
      if (closing || !session.isOpen()) {
        return Accepted.GONE;
      }
      if (queue.size() >= MAX_QUEUED_MESSAGES || queuedBytes + message.bytes() > MAX_QUEUED_BYTES) {
        return Accepted.FULL;
      }
      queue.add(message);
      queuedBytes += message.bytes();
      lastActiveAt = clock.now();
    }
    pump();
    return Accepted.YES;
  }

  /**
   * Sends what is queued. One thread at a time does so, also for those that call this meanwhile:
   * this avoids recursion and keeps the order.
   */
  private void pump() {
    if (pumping.getAndIncrement() != 0) {
      return;
    }
    int rounds;
    do {
      rounds = pumping.get();
      Piece next = next();
      if (next != null) {
        session.sendPartialText(
            next.text(), next.last(), Callback.from(this::sent, failure -> failed()));
      }
    } while (pumping.addAndGet(-rounds) != 0);
  }

  private synchronized Piece next() {
    if (sending || queue.isEmpty()) {
      return null;
    }
    sending = true;
    String text = queue.peek().text();
    int start = sentCharacters;
    int end = Math.min(text.length(), start + MAX_PIECE_CHARACTERS);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    sentCharacters = end;
    return new Piece(text.substring(start, end), end == text.length());
  }

  private void sent() {
    synchronized (this) {
      sending = false;
      Message message = queue.peek();
      if (message != null && sentCharacters == message.text().length()) {
        queue.remove();
        queuedBytes -= message.bytes();
        sentCharacters = 0;
      }
    }
    pump();
  }

  private void failed() {
    synchronized (this) {
      closing = true;
      queue.clear();
      queuedBytes = 0;
    }
    session.disconnect();
  }

  /** Closes the connection; if the client does not respond, it is disconnected after 5 seconds. */
  void close(int status, String reason) {
    synchronized (this) {
      if (closing) {
        return;
      }
      closing = true;
    }
    session.close(status, reason, Callback.NOOP);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                if (!closed.await(CLOSE_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                  session.disconnect();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** Called when the connection is closed by either side. */
  void ended() {
    synchronized (this) {
      closing = true;
      if (idleTimer != null) {
        idleTimer.cancel();
        lifeTimer.cancel();
      }
    }
    closed.countDown();
  }

  /** Waits until the connection is closed. */
  boolean awaitEnd(Duration atMost) throws InterruptedException {
    return closed.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }
}
