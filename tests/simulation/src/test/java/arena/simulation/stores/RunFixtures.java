package arena.simulation.stores;

import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Profile;
import arena.run.Run;
import arena.world.Scenario;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** New runs without events. */
public final class RunFixtures {
  private RunFixtures() {}

  public static Run row(String runId, int nTurns, Instant at) {
    return Run.begun(
        runId, "label", Profile.DEFAULT, Optional.empty(), Scenario.BALANCED.label(), nTurns, at);
  }

  /** Creates a run that is not a fork. */
  public static void begin(Journal journal, String runId, int nTurns, Instant at) {
    journal.create(
        row(runId, nTurns, at),
        new JournalEntry(runId, 0, List.of(), Optional.of(Scenario.BALANCED.start())));
  }
}
