package arena.simulation.invariants;

import arena.run.RunId;
import java.util.Locale;

/** See {@link #description}. */
final class DeliveriesCountedOnce extends Invariant {
  private long delivered;
  private long last;

  DeliveriesCountedOnce(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "events_streamed counts no delivery twice, and does not restart when the broker loses its"
        + " data.";
  }

  @Override
  public void delivered(RunId runId, long events) {
    delivered += events;
    check();
  }

  @Override
  public void atEnd() {
    check();
  }

  private void check() {
    long counted = facts.tables().counters().eventsStreamed();
    require(
        counted <= delivered && counted >= last,
        () ->
            String.format(
                Locale.ROOT,
                "events_streamed is %d, was %d, delivered %d",
                counted,
                last,
                delivered));
    last = counted;
  }
}
