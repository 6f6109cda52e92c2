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
 * An open connection: what waits to be sent to it, in order and bounded, and how long it may live.
 */
final class WebSocketConnection {
  /** Longest that a connection lives. */
  static final Duration MAX_DURATION = Duration.ofHours(2);

  /** Longest that nothing may come or go. */
  static final Duration MAX_IDLE = Duration.ofMinutes(10);

  /** Most bytes that wait for a slow reader. */
  static final int MAX_WAITING_BYTES = 512 * 1024;

  /** Most messages that wait for a slow reader. */
  static final int MAX_WAITING_MESSAGES = 256;

  /** No character, in UTF-8, is longer than three bytes: so many fit in any frame. */
  private static final int MAX_PIECE_CHARACTERS = WebSocketApi.MAX_FRAME_BYTES / 3;

  private static final long CLOSE_PATIENCE_SECONDS = 5;
  private static final int GOING_AWAY = 1001;

  /** What became of a message. */
  enum Accepted {
    /** It is sent when those before it are. */
    YES,
    /** The connection is closed. */
    GONE,
    /** Too much waits already. */
    FULL
  }

  private record Message(String text, int bytes) {}

  /** A frame's worth of a message. */
  private record Piece(String text, boolean last) {}

  private final String id;
  private final String sourceIp;
  private final String userAgent;
  private final Session session;
  private final StackClock clock;
  private final Instant connectedAt;
  private final Deque<Message> waiting = new ArrayDeque<>();
  private final AtomicInteger pumping = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private int waitingBytes;
  private int sentCharacters;
  private boolean sending;
  private boolean closing;
  private Instant lastActiveAt;
  private StackClock.Alarm idleAlarm;
  private StackClock.Alarm lifeAlarm;

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

  /** The clock runs from here. */
  synchronized void opened() {
    lifeAlarm = clock.after(MAX_DURATION, () -> close(GOING_AWAY, "Going away"));
    idleAlarm = clock.after(MAX_IDLE, this::perhapsIdle);
  }

  private void perhapsIdle() {
    synchronized (this) {
      Duration idle = Duration.between(lastActiveAt, clock.now());
      if (idle.compareTo(MAX_IDLE) < 0) {
        if (!closing) {
          idleAlarm = clock.after(MAX_IDLE.minus(idle), this::perhapsIdle);
        }
        return;
      }
    }
    close(GOING_AWAY, "Going away");
  }

  /** Something came or went. */
  synchronized void active() {
    lastActiveAt = clock.now();
  }

  /** Takes a message to send, after those that it took before. */
  Accepted send(String text) {
    Message message = new Message(text, text.getBytes(StandardCharsets.UTF_8).length);
    synchronized (this) {
      if (closing || !session.isOpen()) {
        return Accepted.GONE;
      }
      if (waiting.size() >= MAX_WAITING_MESSAGES
          || waitingBytes + message.bytes() > MAX_WAITING_BYTES) {
        return Accepted.FULL;
      }
      waiting.add(message);
      waitingBytes += message.bytes();
      lastActiveAt = clock.now();
    }
    pump();
    return Accepted.YES;
  }

  /**
   * One thread sends, and goes on for the others that come meanwhile: no recursion, no overtaking.
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
    if (sending || waiting.isEmpty()) {
      return null;
    }
    sending = true;
    String text = waiting.peek().text();
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
      Message message = waiting.peek();
      if (message != null && sentCharacters == message.text().length()) {
        waiting.remove();
        waitingBytes -= message.bytes();
        sentCharacters = 0;
      }
    }
    pump();
  }

  private void failed() {
    synchronized (this) {
      closing = true;
      waiting.clear();
      waitingBytes = 0;
    }
    session.disconnect();
  }

  /** Closes the connection; one that does not answer is cut off after a few seconds. */
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

  /** It is closed, whoever closed it. */
  void ended() {
    synchronized (this) {
      closing = true;
      if (idleAlarm != null) {
        idleAlarm.cancel();
        lifeAlarm.cancel();
      }
    }
    closed.countDown();
  }

  /** Waits until it is closed. */
  boolean awaitEnd(Duration atMost) throws InterruptedException {
    return closed.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }
}
