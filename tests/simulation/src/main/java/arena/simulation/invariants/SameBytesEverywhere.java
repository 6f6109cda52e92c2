package arena.simulation.invariants;

import arena.event.Event;
import arena.run.Run;
import java.util.List;

/** See {@link #says}. */
final class SameBytesEverywhere extends Invariant {
  SameBytesEverywhere(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "What the broker and the archive have of an event was in the journal before, and is the"
        + " same to the byte.";
  }

  @Override
  public void streamed(String runId, long seq, String envelope) {
    require(
        envelope.equals(facts.envelope(runId, seq)),
        () ->
            "run %s: the broker gets %s, the journal has %s"
                .formatted(runId, envelope, facts.envelope(runId, seq)));
  }

  @Override
  public void archived(Run run, List<Event> events) {
    List<Event> written = facts.written(run.runId());
    require(
        events.size() <= written.size() && events.equals(written.subList(0, events.size())),
        () -> "run %s: the archive has other events than the journal had".formatted(run.runId()));
  }
}
