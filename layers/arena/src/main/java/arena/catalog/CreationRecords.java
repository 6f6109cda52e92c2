package arena.catalog;

import java.util.Optional;

/** What is kept beside a run's row for whoever reports a fault of it; no run needs it to play. */
public interface CreationRecords {
  /** Longest request that is kept, in characters; the rest is cut off. */
  int MAX_REQUEST = 4_000;

  /**
   * How a run began.
   *
   * @param request the body of the request, as it was received
   * @param counters the four counters at that time, as JSON; empty if they could not be read
   */
  record Beginning(String request, String counters) {}

  /** Notes how a run began, unless that is noted already or there is no such run. */
  void began(String runId, Beginning beginning);

  /** How the run began, if that was noted. */
  Optional<Beginning> beginning(String runId);
}
