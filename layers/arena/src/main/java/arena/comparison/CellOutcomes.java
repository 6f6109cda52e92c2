package arena.comparison;

import arena.agent.PriceTable;
import arena.codec.PayloadCodec;
import arena.error.ErrorKind;
import arena.event.Payload;
import arena.journal.Journal;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import arena.world.Age;
import java.util.Optional;

/**
 * Determines the results of cells: from the catalog's rows of their runs, and the turn of the
 * Feudal Age from the journal.
 */
record CellOutcomes(Journal journal) {
  /** Returns the result of a run that has ended. */
  CellOutcome of(Run run) {
    if (run.summary().isEmpty()) {
      return CellOutcome.failed(
          run.failure().orElseGet(() -> Failure.of(ErrorKind.ARCHIVE_UNAVAILABLE, "not archived")));
    }
    Run.Summary summary = run.summary().get();
    return new CellOutcome(
        summary.finalAge(),
        summary.score(),
        feudalT(run, summary),
        summary.nTurns(),
        summary.totalCostUsd(),
        PriceTable.isCostKnown(run.profile().model()),
        run.failure());
  }

  /**
   * Finds the first turn that began in the Feudal Age or a later one, by bisection: an age never
   * ends. The journal still has the run, which ended just now. A failed run may have no {@code
   * turn_start} after its last turn; the search is for the first turn that is not known to have
   * started before that age, since the last one that started is in it.
   */
  private Optional<Integer> feudalT(Run run, Run.Summary summary) {
    if (summary.score().ageIndex() < Age.FEUDAL.rank()) {
      return Optional.empty();
    }
    int last = run.t0() + summary.nTurns();
    int low = run.t0();
    int high = last + 1;
    while (low < high) {
      int t = (low + high) / 2;
      if (!beganBeforeFeudal(run.runId(), t)) {
        high = t;
      } else {
        low = t + 1;
      }
    }
    return low <= last ? Optional.of(low) : Optional.empty();
  }

  private boolean beganBeforeFeudal(RunId runId, int t) {
    return journal
        .turnStart(runId, t)
        .map(start -> PayloadCodec.read(start.payloadJson()))
        .filter(
            payload ->
                payload instanceof Payload.TurnStart start
                    && start.state().age().rank() < Age.FEUDAL.rank())
        .isPresent();
  }
}
