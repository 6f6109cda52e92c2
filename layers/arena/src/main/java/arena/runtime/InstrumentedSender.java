package arena.runtime;

import arena.codec.MalformedJson;
import arena.codec.Timestamps;
import arena.metrics.Metric;
import arena.metrics.Metrics;
import arena.stream.ConnectionSender;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A gateway of which it is measured how far sends come behind publishes. The newest event of a
 * message has its time; one that was published before the fan-out was woken counts from then,
 * because a reader that asks for what is old waits no longer than since it asked.
 */
public final class InstrumentedSender implements ConnectionSender {
  /** What follows an envelope's time, and how long that is. */
  private static final String AFTER_TIME = "\",\"schema_version\":";

  private static final int TIME_LENGTH = "2026-01-31T12:00:00.123456Z".length();

  private final ConnectionSender sender;
  private final Metrics metrics;
  private final InstantSource clock;
  private volatile Instant woken = Instant.EPOCH;

  /** Measures this one. */
  public InstrumentedSender(ConnectionSender sender, Metrics metrics, InstantSource clock) {
    this.sender = sender;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** A fan-out begins, which was woken then. */
  public void begin(Instant wokenAt) {
    woken = wokenAt;
  }

  @Override
  public Sent send(String connectionId, String message) {
    Sent sent = sender.send(connectionId, message);
    if (sent == Sent.DELIVERED) {
      measure(message);
    }
    return sent;
  }

  private void measure(String message) {
    int end = message.lastIndexOf(AFTER_TIME);
    if (end < TIME_LENGTH) {
      return; // no events
    }
    try {
      Instant published = Timestamps.read(message.substring(end - TIME_LENGTH, end));
      Instant since = published.isBefore(woken) ? woken : published;
      Duration lag = Duration.between(since, clock.instant());
      // Another machine's clock may be ahead.
      metrics.max(Metric.FAN_OUT_LAG, Math.max(0, lag.toNanos() / 1e6));
    } catch (MalformedJson _) {
      // A payload that looks like an envelope is none: its message is not measured.
    }
  }

  @Override
  public boolean close(String connectionId) {
    return sender.close(connectionId);
  }

  @Override
  public boolean isGone(String connectionId) {
    return sender.isGone(connectionId);
  }
}
