package arena.catalog;

import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What one run of the reaper did.
 *
 * @param at when it finished
 * @param actions number of actions by kind
 * @param failed number of failures; each is logged
 * @param longestSilence the longest time since the last event of a run that is still running
 * @param ended runs that it ended because they made no progress; at most {@value #MAX_ENDED}
 */
public record ReaperSummary(
    Instant at,
    Map<String, Long> actions,
    int failed,
    Duration longestSilence,
    List<EndedRun> ended) {
  /** Maximum number of ended runs that are kept. */
  public static final int MAX_ENDED = 20;

  public ReaperSummary {
    actions = Map.copyOf(actions);
    ended = ended.stream().limit(MAX_ENDED).toList();
  }

  /**
   * A run that the reaper ended.
   *
   * @param reason what was found
   */
  public record EndedRun(RunId runId, String reason) {}
}
