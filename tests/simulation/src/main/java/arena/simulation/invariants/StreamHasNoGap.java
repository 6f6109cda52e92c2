package arena.simulation.invariants;

import arena.run.RunId;
import java.util.Locale;

/** See {@link #description}. */
final class StreamHasNoGap extends Invariant {
  StreamHasNoGap(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "A run's stream in the broker has no gap between its first and last event.";
  }

  @Override
  public void streamed(RunId runId, long seq, String envelope) {
    require(
        facts.redis().isStreamContiguous(runId),
        () -> String.format(Locale.ROOT, "run %s: gap before seq %d", runId, seq));
  }
}
