package arena.faults;

/**
 * What became of a fault, as far as it is the same each time.
 *
 * @param end how the run ended
 * @param lost events that the run has and its reader has not
 * @param twice events that its reader kept twice
 * @param modelCalls calls of the model beyond one for each turn that has an answer
 * @param within the bound on everything being as it should be, in seconds after the fault
 * @param reader what its reader saw beside every event once
 */
record Outcome(String end, long lost, long twice, long modelCalls, long within, String reader) {
  /** The same, but for what its reader saw. */
  Outcome seen(String sight) {
    return new Outcome(end, lost, twice, modelCalls, within, sight);
  }
}
