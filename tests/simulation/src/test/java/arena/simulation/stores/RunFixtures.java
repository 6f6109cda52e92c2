package arena.simulation.stores;

import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.world.Scenario;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** New runs without events. */
public final class RunFixtures {
  private RunFixtures() {}

  public static Run row(RunId runId, int nTurns, Instant at) {
    return Run.requested(
        runId, "label", Profile.DEFAULT, null, Scenario.BALANCED.label(), nTurns, at);
  }

  /** Creates a run that is not a fork. */
  public static void begin(Journal journal, RunId runId, int nTurns, Instant at) {
    journal.create(
        row(runId, nTurns, at),
        new JournalEntry(runId, 0, List.of(), Optional.of(Scenario.BALANCED.start())));
  }
}
