package arena.simulation.stores;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A manual clock that can also advance by a fixed step at each reading. */
public final class SteppingClock implements InstantSource {
  private Instant now;
  private Duration step = Duration.ZERO;

  /** Creates a clock that stands still at {@code start}. */
  public SteppingClock(Instant start) {
    now = start;
  }

  /** Advances by {@code each} at each later reading. */
  public synchronized void step(Duration each) {
    step = each;
  }

  /** Advances once. */
  public synchronized void advance(Duration by) {
    now = now.plus(by);
  }

  @Override
  public synchronized Instant instant() {
    now = now.plus(step);
    return now;
  }
}
