package arena.simulation.invariants;

import java.util.Locale;

/** See {@link #says}. */
final class StreamHasNoGap extends Invariant {
  StreamHasNoGap(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "Between the first and the last event that the broker has of a run none is missing.";
  }

  @Override
  public void streamed(String runId, long seq, String envelope) {
    require(
        facts.redis().isStreamWhole(runId),
        () -> String.format(Locale.ROOT, "run %s: a gap before seq %d", runId, seq));
  }
}
