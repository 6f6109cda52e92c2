package arena.stream;

import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The lease for moving the cursors of a run's readers, held by one fan-out at a time and fenced by
 * a token. One thread extends and releases it; any thread may check it and move cursors.
 */
final class FanOutLease {
  /** Duration without an extension; also the delay after a fan-out dies. */
  static final Duration DURATION = Duration.ofSeconds(10);

  private static final Duration EXTEND_EVERY = Duration.ofMillis(500);
  private static final Duration HOLDER_POLL = Duration.ofMillis(250);

  /** Error of the time at which the store reports that the lease expires. */
  private static final Duration CLOCK_ERROR = Duration.ofMillis(10);

  private final Subscribers subscribers;
  private final RunId runId;
  private final InstantSource clock;
  private final long fence;
  private Instant extended;

  /** The lease is held at least until then. */
  private volatile Instant heldUntil;

  /** A cursor differed from the expected one, so the lease may be lost. */
  private volatile boolean inDoubt;

  /**
   * @param acquired time before the call: the lease holds at least {@link #DURATION} from then
   */
  private FanOutLease(
      Subscribers subscribers, RunId runId, InstantSource clock, long fence, Instant acquired) {
    this.subscribers = subscribers;
    this.runId = runId;
    this.clock = clock;
    this.fence = fence;
    this.extended = acquired;
    this.heldUntil = acquired.plus(DURATION);
  }

  /**
   * Acquires a run's lease; returns empty if another fan-out holds it and is active.
   *
   * <p>The holder may have died, and after a run's last publish nothing would wake another fan-out.
   * Therefore waits for the lease to expire, until it is extended.
   */
  static Optional<FanOutLease> acquire(
      Subscribers subscribers,
      RunId runId,
      Instant deadline,
      InstantSource clock,
      TaskRunner tasks) {
    Instant limit = clock.instant().plus(DURATION).plusSeconds(1);
    Subscribers.Holder before = null;
    while (true) {
      Instant now = clock.instant();
      OptionalLong fence = subscribers.acquire(runId, DURATION);
      if (fence.isPresent()) {
        return Optional.of(new FanOutLease(subscribers, runId, clock, fence.getAsLong(), now));
      }
      Subscribers.Holder holder = subscribers.holder(runId);
      boolean active =
          before != null && holder.heldUntil() > before.heldUntil() + CLOCK_ERROR.toMillis();
      if (active || !holder.work() || now.isAfter(limit) || !now.isBefore(deadline)) {
        return Optional.empty();
      }
      before = holder;
      try {
        tasks.pause(HOLDER_POLL);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
  }

  /** Extends the lease if due or in doubt; returns false if it was lost. */
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

  /** Makes the next {@link #keep} check the store. */
  void doubt() {
    inDoubt = true;
  }

  /** Whether the lease is certainly held at this time. */
  boolean isHeldAt(Instant now) {
    return now.isBefore(heldUntil);
  }

  /** Sets the cursor of a pending subscription; see {@link Subscribers#adopt}. */
  boolean adopt(ConnectionId connectionId, long nextSeq) {
    return subscribers.adopt(runId, fence, connectionId, nextSeq);
  }

  /** Moves a cursor; see {@link Subscribers#advance}. */
  boolean advance(ConnectionId connectionId, long fromSeq, long nextSeq) {
    return subscribers.advance(runId, fence, connectionId, fromSeq, nextSeq);
  }

  /** Removes a cursor; see {@link Subscribers#finish}. */
  boolean finish(ConnectionId connectionId, long atSeq) {
    return subscribers.finish(runId, fence, connectionId, atSeq);
  }

  /** Removes a cursor of a closed connection; see {@link Subscribers#evict}. */
  boolean evict(ConnectionId connectionId, long atSeq) {
    return subscribers.evict(runId, fence, connectionId, atSeq);
  }

  /** Releases the lease unless there is work; see {@link Subscribers#release}. */
  boolean release(boolean ended) {
    return subscribers.release(runId, fence, ended);
  }

  /** Releases the lease unconditionally, so that the next fan-out does not wait for its expiry. */
  void abandon() {
    subscribers.abandon(runId, fence);
  }
}
