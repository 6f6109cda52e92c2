package arena.simulation.cloud;

import java.nio.file.Path;

/**
 * The time-outs and retriers of the state machine that plays a run, read from its definition.
 *
 * <p>{@link Executions} implements the order of the states; reading fails if the definition has
 * another order.
 *
 * @param timeout time-out of an execution, in microseconds
 */
record ReplayDefinition(
    long timeout,
    TaskState playTurn,
    TaskState finalizeRun,
    TaskState finalizeFailedRun,
    TaskState closeRun) {
  /** The timeout of a turn's task with the template's default parameters; see its mapping. */
  private static final String TURN_TIMEOUT = "120";

  /** Reads functions/replay.asl.yaml under {@code root}. */
  static ReplayDefinition read(Path root) {
    DefinitionFile file =
        DefinitionFile.read(
            root, "replay.asl.yaml", text -> text.replace("${TurnTimeoutSeconds}", TURN_TIMEOUT));
    file.requireStart("IsEnding");
    file.requireNext(file.state("IsEnding"), "Default", "PlayTurn");
    file.requireNext(file.state("PlayTurn"), "Next", "IsRunDone");
    file.requireNext(file.state("IsRunDone"), "Default", "PlayTurn");
    file.requireNext(file.state("WaitForModel"), "Next", "PlayTurn");
    requireCaught(file, "PlayTurn", "FinalizeFailedRun");
    requireCaught(file, "FinalizeRun", "NotFinalized");
    requireCaught(file, "FinalizeFailedRun", "NotFinalized");
    file.requireNext(file.state("FinalizeRun"), "Next", "CloseRun");
    file.requireNext(file.state("FinalizeFailedRun"), "Next", "CloseRun");
    requireCaught(file, "CloseRun", "NotClosed");
    return new ReplayDefinition(
        file.timeout(),
        file.task(file.state("PlayTurn")),
        file.task(file.state("FinalizeRun")),
        file.task(file.state("FinalizeFailedRun")),
        file.task(file.state("CloseRun")));
  }

  private static void requireCaught(DefinitionFile file, String state, String next) {
    file.requireNext(DefinitionFile.catcher(file.state(state)), "Next", next);
  }
}
