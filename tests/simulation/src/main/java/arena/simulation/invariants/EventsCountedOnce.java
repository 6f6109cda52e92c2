package arena.simulation.invariants;

import arena.run.RunId;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** See {@link #description}. */
public final class EventsCountedOnce extends Invariant {
  private Map<RunId, Long> upTo = new HashMap<>();

  EventsCountedOnce(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "events_published counts each event once, across retries and refills; it restarts only when"
        + " the broker loses its counters.";
  }

  @Override
  public void counted(RunId runId, long events, long to) {
    long before = upTo.getOrDefault(runId, 0L);
    require(
        events == to - before,
        () ->
            String.format(
                Locale.ROOT,
                "run %s: %d events counted up to seq %d, after seq %d",
                runId,
                events,
                to,
                before));
    upTo.put(runId, to);
  }

  /** Takes a snapshot of the expected counts; running the result restores it. */
  public Runnable checkpoint() {
    Map<RunId, Long> snapshot = Map.copyOf(upTo);
    return () -> upTo = new HashMap<>(snapshot);
  }

  /** Called when the broker loses its counters. */
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
                "events_published is %d, expected %d",
                facts.redis().published(),
                sum));
  }
}
