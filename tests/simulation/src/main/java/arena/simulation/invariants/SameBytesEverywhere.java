package arena.simulation.invariants;

import arena.event.Event;
import arena.run.Run;
import arena.run.RunId;
import java.util.List;

/** See {@link #description}. */
final class SameBytesEverywhere extends Invariant {
  SameBytesEverywhere(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "Every event in the broker and the archive was in the journal first, with identical bytes.";
  }

  @Override
  public void streamed(RunId runId, long seq, String envelope) {
    require(
        envelope.equals(facts.envelope(runId, seq)),
        () ->
            "run %s: broker received %s, journal has %s"
                .formatted(runId, envelope, facts.envelope(runId, seq)));
  }

  @Override
  public void archived(Run run, List<Event> events) {
    List<Event> written = facts.written(run.runId());
    require(
        events.size() <= written.size() && events.equals(written.subList(0, events.size())),
        () -> "run %s: the archive's events differ from the journal's".formatted(run.runId()));
  }
}
