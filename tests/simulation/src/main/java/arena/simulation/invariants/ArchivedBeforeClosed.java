package arena.simulation.invariants;

import arena.event.Event;
import arena.run.Run;
import java.util.List;
import java.util.Locale;

/** See {@link #says}. */
final class ArchivedBeforeClosed extends Invariant {
  ArchivedBeforeClosed(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "Before a run is closed, or anything of it let go, its archive is complete, and stays"
        + " so.";
  }

  @Override
  public void rowChanged(Run before, Run after) {
    if (after.archived()) {
      requireWhole(after, "it counts as archived");
    }
  }

  @Override
  public void archived(Run run, List<Event> events) {
    Run now = facts.row(run.runId());
    require(
        !now.archived() || events.size() == now.nEvents(),
        () ->
            String.format(
                Locale.ROOT,
                "run %s: its archive of %d events is written over with %d",
                run.runId(),
                now.nEvents(),
                events.size()));
  }

  @Override
  public void closed(String runId) {
    Run run = facts.row(runId);
    require(run.archived(), () -> "run %s is closed before it is archived".formatted(runId));
    requireWhole(run, "it is closed");
  }

  @Override
  public void dropped(String runId) {
    requireWhole(facts.row(runId), "its buffer is dropped");
  }

  @Override
  public void expired(String runId, long position) {
    requireWhole(facts.row(runId), "its journal goes");
  }

  private void requireWhole(Run run, String when) {
    int events = facts.archive(run).map(List::size).orElse(-1);
    require(
        events == run.nEvents(),
        () ->
            String.format(
                Locale.ROOT,
                "run %s: %s, and of its %d events the archive has %d",
                run.runId(),
                when,
                run.nEvents(),
                events));
  }
}
