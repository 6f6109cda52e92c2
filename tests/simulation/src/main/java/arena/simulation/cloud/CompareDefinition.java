package arena.simulation.cloud;

import java.nio.file.Path;

/**
 * The time-outs and retriers of the state machine that plays a comparison, read from its
 * definition.
 *
 * <p>{@link CompareExecutions} implements the order of the states; reading fails if the definition
 * has another order.
 *
 * @param timeout time-out of an execution, in microseconds
 */
record CompareDefinition(
    long timeout,
    TaskState claim,
    TaskState startCell,
    TaskState playRun,
    TaskState endCell,
    TaskState release) {
  private static final String PROVIDERS = "PlayProviders";
  private static final String CELLS = "PlayCells";

  /** Reads functions/compare.asl.yaml under {@code root}. */
  static CompareDefinition read(Path root) {
    DefinitionFile file = DefinitionFile.read(root, "compare.asl.yaml", text -> text);
    file.requireStart("Claim");
    file.requireNext(file.state("Claim"), "Next", "IsClaimed");
    requireChoice(file, 0, PROVIDERS, "IsClaimed");
    requireChoice(file, 1, "Ended", "IsClaimed");
    file.requireNext(file.state("IsClaimed"), "Default", "Release");
    file.requireNext(file.state(PROVIDERS), "Next", "Release");
    file.requireNext(file.state("Release"), "Next", "IsReleased");
    requireChoice(file, 0, "Claim", "IsReleased");
    file.requireNext(file.state("IsReleased"), "Default", "Ended");
    requireCell(file);
    return new CompareDefinition(
        file.timeout(),
        file.task(file.state("Claim")),
        file.task(file.state(PROVIDERS, CELLS, "StartCell")),
        file.task(file.state(PROVIDERS, CELLS, "PlayRun")),
        file.task(file.state(PROVIDERS, CELLS, "EndCell")),
        file.task(file.state("Release")));
  }

  private static void requireCell(DefinitionFile file) {
    for (String[] next :
        new String[][] {
          {"StartCell", "IsStarted"},
          {"PlayRun", "EndCell"},
          {"EndCell", "HasEnded"},
          {"WaitForRun", "HasBegun"}
        }) {
      file.requireNext(file.state(PROVIDERS, CELLS, next[0]), "Next", next[1]);
    }
    for (String[] caught :
        new String[][] {
          {"StartCell", "EndCell"}, {"PlayRun", "EndCell"}, {"EndCell", "CellDone"}
        }) {
      file.requireNext(
          DefinitionFile.catcher(file.state(PROVIDERS, CELLS, caught[0])), "Next", caught[1]);
    }
    requireChoice(file, 0, "PlayRun", PROVIDERS, CELLS, "IsStarted");
    requireChoice(file, 1, "EndCell", PROVIDERS, CELLS, "IsStarted");
    file.requireNext(file.state(PROVIDERS, CELLS, "IsStarted"), "Default", "CellDone");
    requireChoice(file, 0, "CellDone", PROVIDERS, CELLS, "HasEnded");
    file.requireNext(file.state(PROVIDERS, CELLS, "HasEnded"), "Default", "WaitForRun");
    requireChoice(file, 0, "StartCell", PROVIDERS, CELLS, "HasBegun");
    file.requireNext(file.state(PROVIDERS, CELLS, "HasBegun"), "Default", "EndCell");
  }

  private static void requireChoice(DefinitionFile file, int index, String next, String... state) {
    file.requireNext(DefinitionFile.choice(file.state(state), index), "Next", next);
  }
}
