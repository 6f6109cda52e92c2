package arena.run;

import java.util.Locale;

/** A recorded run asks for more turns than its parent has played. */
public final class TurnsNotRecorded extends RuntimeException {
  private final int available;

  /**
   * Names the parent and its turns.
   *
   * @param t the turn of the fork
   * @param available turns that the parent has played from there on
   */
  public TurnsNotRecorded(RunId parentRunId, int t, int available) {
    super(
        String.format(
            Locale.ROOT,
            "run %s has %d recorded turns from turn %d on",
            parentRunId,
            available,
            t));
    this.available = available;
  }

  /** Turns that the parent has played from the turn of the fork on. */
  public int available() {
    return available;
  }
}
