package arena.simulation.stores;

import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.world.Scenario;
import arena.world.World;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** New runs without events, and a large state. */
public final class RunFixtures {
  private RunFixtures() {}

  public static Run row(RunId runId, int nTurns, Instant at) {
    return Run.requested(
        runId, "label", Profile.DEFAULT, null, Scenario.BALANCED.label(), nTurns, at);
  }

  /** A state with this many houses. */
  public static World withHouses(int houses) {
    World start = Scenario.BALANCED.start();
    return new World(
        start.food(),
        start.wood(),
        start.gold(),
        start.stone(),
        start.population(),
        start.popCap(),
        start.age(),
        Collections.nCopies(houses, "house"),
        start.villagerQueue(),
        start.ageUpTicksRemaining(),
        start.turn());
  }

  /** Creates a run that is not a fork. */
  public static void begin(Journal journal, RunId runId, int nTurns, Instant at) {
    journal.create(
        row(runId, nTurns, at),
        new JournalEntry(runId, 0, List.of(), Optional.of(Scenario.BALANCED.start())));
  }
}
