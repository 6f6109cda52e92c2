package arena.local.states;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.comparison.CellsLeft;
import arena.run.Limits;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The limits of the definition that plays comparisons. */
class CompareDefinitionTest {
  /** Scheduled, started, ended. */
  private static final int EVENTS_OF_AN_ATTEMPT = 3;

  /** Entered and exited. */
  private static final int EVENTS_OF_A_STATE = 2;

  private final Definition definition = DefinitionReader.read(CompareDefinition.text());

  CompareDefinitionTest() throws IOException {}

  private State.MapState providers() {
    return (State.MapState) definition.flow().state("PlayProviders");
  }

  private Flow cellStates() {
    return ((State.MapState) providers().iterator().state("PlayCells")).iterator();
  }

  private static int events(State state) {
    int attempts = 1 + state.retriers().stream().mapToInt(Retrier::maxAttempts).sum();
    int submission = state.name().equals("PlayRun") ? 1 : 0; // only refused starts are retried
    return EVENTS_OF_A_STATE + EVENTS_OF_AN_ATTEMPT * attempts + submission;
  }

  /**
   * With the largest comparison and every retry of every cell. Waits for runs are not counted: an
   * execution has them only for the cells that an earlier one started, and one that reaches the
   * quota is followed by another.
   */
  @Test
  void staysBelowTheQuotaOfEvents() {
    int cell = 2; // the iteration's start and end
    for (String task : List.of("StartCell", "PlayRun", "EndCell")) {
      cell += events(cellStates().state(task));
    }
    cell += EVENTS_OF_A_STATE * List.of("IsStarted", "HasEnded", "CellDone").size();
    int rest = 400; // retries of Claim and Release, the Map states, start and end
    int events = Limits.MAX_CELLS * cell + rest;
    assertTrue(events < Quotas.MAX_EVENTS, events + " events");
  }

  @Test
  void leavesAnExecutionWhoseCellsAreLeftToTheReaper() {
    State release = definition.flow().state("Release");
    Retrier first = release.retriers().getFirst();
    assertEquals(List.of(CellsLeft.class.getName()), first.errors());
    assertEquals(0, first.maxAttempts());
    assertEquals(List.of(), release.catchers());
  }

  @Test
  void waitsLongerForARunThanItsExecutionTakes() throws IOException, StateError {
    int replay =
        (int) DefinitionReader.read(ReplayDefinition.text()).timeout().orElseThrow().toSeconds();
    State.Task play = (State.Task) cellStates().state("PlayRun");
    Object timeout = play.timeoutSeconds().evaluate(Scope.of(Map.of(), 0, Map.of()));
    assertTrue((Integer) timeout > replay);
  }
}
