package arena.simulation.faults;

import java.util.List;

/** How often each fault point was hit. */
public final class Coverage {
  private final long[] hits = new long[FaultPoint.all().size()];

  void hit(FaultPoint point) {
    hits[point.number()]++;
  }

  /** Adds what another one counted. */
  public void add(Coverage other) {
    for (int i = 0; i < hits.length; i++) {
      hits[i] += other.hits[i];
    }
  }

  /** How many fault points there are. */
  public int points() {
    return hits.length;
  }

  /** How many faults there were. */
  public long faults() {
    long sum = 0;
    for (long hit : hits) {
      sum += hit;
    }
    return sum;
  }

  /** The fault points that were not hit. */
  public List<FaultPoint> missed() {
    return FaultPoint.all().stream().filter(point -> hits[point.number()] == 0).toList();
  }
}
