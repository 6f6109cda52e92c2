package arena.stream;

import arena.broker.Subscribers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The right to move the cursors of a run's readers. One fan-out of a run holds it at a time, and
 * every cursor moves under its fencing number. One thread extends and releases it; any thread may
 * ask whether it holds, and move cursors.
 */
final class FanOutLease {
  /** How long it holds without an extension: as long as a dead fan-out delays the next one. */
  static final Duration DURATION = Duration.ofSeconds(10);

  private static final Duration EXTEND_EVERY = Duration.ofSeconds(3);
  private static final Duration HOLDER_POLL = Duration.ofMillis(500);

  private final Subscribers subscribers;
  private final String runId;
  private final InstantSource clock;
  private final long fence;
  private Instant extended;

  /** Until then it is held for certain. */
  private volatile Instant heldUntil;

  /** A cursor was not where it was expected: the lease may be lost. */
  private volatile boolean inDoubt;

  /**
   * A lease with this fencing number.
   *
   * @param acquired before it was asked for: it holds for {@link #DURATION} from then at least
   */
  private FanOutLease(
      Subscribers subscribers, String runId, InstantSource clock, long fence, Instant acquired) {
    this.subscribers = subscribers;
    this.runId = runId;
    this.clock = clock;
    this.fence = fence;
    this.extended = acquired;
    this.heldUntil = acquired.plus(DURATION);
  }

  /**
   * Acquires a run's lease; returns empty if another fan-out holds it and makes progress.
   *
   * <p>A holder may have died. Until its lease expires no publish would wake another fan-out, and
   * after a run's last publish nothing would. So as long as no cursor moves, this waits for the
   * lease to expire.
   */
  static Optional<FanOutLease> acquire(
      Subscribers subscribers,
      String runId,
      Instant deadline,
      InstantSource clock,
      TaskRunner tasks) {
    Instant patience = clock.instant().plus(DURATION).plusSeconds(1);
    Map<String, Long> before = null;
    while (true) {
      Instant now = clock.instant();
      OptionalLong fence = subscribers.acquire(runId, DURATION);
      if (fence.isPresent()) {
        return Optional.of(new FanOutLease(subscribers, runId, clock, fence.getAsLong(), now));
      }
      Map<String, Long> cursors = subscribers.cursors(runId);
      boolean moves = before != null && !before.equals(cursors);
      if (moves || cursors.isEmpty() || now.isAfter(patience) || !now.isBefore(deadline)) {
        return Optional.empty();
      }
      before = cursors;
      try {
        tasks.pause(HOLDER_POLL);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
  }

  /** Extends it if that is due or it is in doubt; returns false if it is lost. */
  boolean keep() {
    Instant now = clock.instant();
    if (!inDoubt && Duration.between(extended, now).compareTo(EXTEND_EVERY) < 0) {
      return true;
    }
    inDoubt = false;
    if (!subscribers.extend(runId, fence, DURATION)) {
      return false;
    }
    extended = now;
    heldUntil = now.plus(DURATION);
    return true;
  }

  /** Has the next {@link #keep} ask the store. */
  void doubt() {
    inDoubt = true;
  }

  /** Whether it is held at this moment for certain. */
  boolean isHeldAt(Instant now) {
    return now.isBefore(heldUntil);
  }

  /** Moves a cursor; see {@link Subscribers#advance}. */
  boolean advance(String connectionId, long fromSeq, long nextSeq) {
    return subscribers.advance(runId, fence, connectionId, fromSeq, nextSeq);
  }

  /** Removes a cursor; see {@link Subscribers#finish}. */
  boolean finish(String connectionId, long atSeq, boolean dropped) {
    return subscribers.finish(runId, fence, connectionId, atSeq, dropped);
  }

  /** Releases it unless there is work; see {@link Subscribers#release}. */
  boolean release() {
    return subscribers.release(runId, fence);
  }

  /** Gives it up whatever there is to do, so that the next fan-out need not wait for its end. */
  void abandon() {
    subscribers.abandon(runId, fence);
  }
}
