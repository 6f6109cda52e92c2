package arena.simulation.invariants;

import arena.journal.JournalEntry;
import arena.run.Run;
import arena.run.RunStatus;
import java.util.Locale;

/** See {@link #description}. */
final class EndIsFinal extends Invariant {
  EndIsFinal(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "The status and the events of a run that has ended never change.";
  }

  @Override
  public void written(JournalEntry entry) {
    facts
        .tables()
        .find(entry.runId())
        .ifPresent(
            run ->
                require(
                    run.status() == RunStatus.RUNNING,
                    () -> "run %s is written to after its end".formatted(run.runId())));
  }

  @Override
  public void rowChanged(Run before, Run after) {
    require(
        !before.status().ended()
            || (before.status() == after.status() && before.nEvents() == after.nEvents()),
        () ->
            String.format(
                Locale.ROOT,
                "run %s was %s with %d events and is %s with %d",
                before.runId(),
                before.status(),
                before.nEvents(),
                after.status(),
                after.nEvents()));
    require(
        after.status() != RunStatus.FAILED || after.failure().isPresent(),
        () -> "run %s failed without a reason".formatted(after.runId()));
  }
}
