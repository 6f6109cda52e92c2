package arena.simulation.invariants;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** See {@link #says}. */
public final class EventsCountedOnce extends Invariant {
  private Map<String, Long> upTo = new HashMap<>();

  EventsCountedOnce(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "events_published counts each event once, whatever was retried or filled in again; only"
        + " a broker that loses its counter counts anew.";
  }

  @Override
  public void counted(String runId, long events, long to) {
    long before = upTo.getOrDefault(runId, 0L);
    require(
        events == to - before,
        () ->
            String.format(
                Locale.ROOT,
                "run %s: %d events are counted up to seq %d, after those up to %d",
                runId,
                events,
                to,
                before));
    upTo.put(runId, to);
  }

  /** What is counted now; running it says that the broker is back at that. */
  public Runnable checkpoint() {
    Map<String, Long> then = Map.copyOf(upTo);
    return () -> upTo = new HashMap<>(then);
  }

  /** The broker has lost its counters. */
  public void lost() {
    upTo = new HashMap<>();
  }

  @Override
  public void atEnd() {
    long sum = upTo.values().stream().mapToLong(Long::longValue).sum();
    require(
        facts.redis().published() == sum,
        () ->
            String.format(
                Locale.ROOT,
                "events_published is %d, and %d were",
                facts.redis().published(),
                sum));
  }
}
