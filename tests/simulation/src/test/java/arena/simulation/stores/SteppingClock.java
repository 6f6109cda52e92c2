package arena.simulation.stores;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that goes as it is told, and, if it is told so, by a step whenever it is read. */
public final class SteppingClock implements InstantSource {
  private Instant now;
  private Duration step = Duration.ZERO;

  /** Begins at this time, and stands still. */
  public SteppingClock(Instant start) {
    now = start;
  }

  /** Goes on by this at each reading from now on. */
  public synchronized void step(Duration each) {
    step = each;
  }

  /** Goes on by this at once. */
  public synchronized void advance(Duration by) {
    now = now.plus(by);
  }

  @Override
  public synchronized Instant instant() {
    now = now.plus(step);
    return now;
  }
}
