package arena.simulation.promises;

import arena.run.Run;

/** See {@link #says}. */
final class EveryRunEnds extends Promise {
  EveryRunEnds(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "Some time after nothing goes wrong any more, every run has ended, complete or failed"
        + " with a reason, and is archived.";
  }

  @Override
  public void atEnd() {
    for (Run run : facts.tables().all()) {
      require(run.status().ended(), () -> "run %s is still running".formatted(run.runId()));
      require(run.archived(), () -> "run %s is not archived".formatted(run.runId()));
    }
  }
}
