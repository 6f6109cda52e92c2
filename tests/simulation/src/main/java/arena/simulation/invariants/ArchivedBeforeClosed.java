package arena.simulation.invariants;

import arena.event.Event;
import arena.run.Run;
import arena.run.RunId;
import java.util.List;
import java.util.Locale;

/** See {@link #description}. */
final class ArchivedBeforeClosed extends Invariant {
  ArchivedBeforeClosed(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "The archive of a run is complete before the run is closed or any of its data is deleted,"
        + " and stays complete.";
  }

  @Override
  public void rowChanged(Run before, Run after) {
    if (after.archived()) {
      requireComplete(after, "marked as archived");
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
                "run %s: archive of %d events overwritten with %d",
                run.runId(),
                now.nEvents(),
                events.size()));
  }

  @Override
  public void closed(RunId runId) {
    Run run = facts.row(runId);
    require(run.archived(), () -> "run %s is closed before it is archived".formatted(runId));
    requireComplete(run, "closed");
  }

  @Override
  public void dropped(RunId runId) {
    requireComplete(facts.row(runId), "buffer dropped");
  }

  @Override
  public void expired(RunId runId, long position) {
    requireComplete(facts.row(runId), "journal entry expired");
  }

  private void requireComplete(Run run, String when) {
    int events = facts.archive(run).map(List::size).orElse(-1);
    require(
        events == run.nEvents(),
        () ->
            String.format(
                Locale.ROOT,
                "run %s: %s, but of %d events the archive has %d",
                run.runId(),
                when,
                run.nEvents(),
                events));
  }
}
