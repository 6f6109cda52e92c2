package arena.comparison;

import java.util.Locale;

/** A comparison was cancelled, and the time was not sufficient to stop all its runs. */
public final class RunsNotStopped extends RuntimeException {
  RunsNotStopped(int runs) {
    super(
        String.format(
            Locale.ROOT,
            "cancelled, but %d runs are not stopped yet; send the request again",
            runs));
  }
}
