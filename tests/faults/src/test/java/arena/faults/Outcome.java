package arena.faults;

/**
 * The reproducible outcome of a fault.
 *
 * @param end the run's final status
 * @param lost events that the reader did not receive
 * @param duplicates events that the reader kept twice
 * @param extraModelCalls model calls beyond one per answered turn
 * @param within the longest allowed time from the fault to the end of the run, in seconds
 * @param reader what the reader observed in addition to each event once
 */
record Outcome(
    String end, long lost, long duplicates, long extraModelCalls, long within, String reader) {
  /** Returns a copy with another {@link #reader}. */
  Outcome withReader(String reader) {
    return new Outcome(end, lost, duplicates, extraModelCalls, within, reader);
  }
}
