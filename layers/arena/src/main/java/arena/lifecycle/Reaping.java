package arena.lifecycle;

import java.util.ArrayList;
import java.util.List;

/**
 * What one reaping did.
 *
 * @param failed how many could not be seen to now; the log has why
 */
public record Reaping(List<Reaped> reaped, int failed) {
  /** Both together. */
  public Reaping and(Reaping other) {
    List<Reaped> all = new ArrayList<>(reaped);
    all.addAll(other.reaped);
    return new Reaping(List.copyOf(all), failed + other.failed);
  }
}
