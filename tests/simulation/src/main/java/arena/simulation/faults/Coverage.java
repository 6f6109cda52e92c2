package arena.simulation.faults;

import java.util.List;

/** Counts the hits of each fault point. */
public final class Coverage {
  private final long[] hits = new long[FaultPoint.all().size()];

  void hit(FaultPoint point) {
    hits[point.number()]++;
  }

  /** Adds the hits of another simulation. */
  public void add(Coverage other) {
    for (int i = 0; i < hits.length; i++) {
      hits[i] += other.hits[i];
    }
  }

  /** Number of fault points. */
  public int points() {
    return hits.length;
  }

  /** Number of injected faults. */
  public long faults() {
    long sum = 0;
    for (long hit : hits) {
      sum += hit;
    }
    return sum;
  }

  public List<FaultPoint> missed() {
    return FaultPoint.all().stream().filter(point -> hits[point.number()] == 0).toList();
  }
}
