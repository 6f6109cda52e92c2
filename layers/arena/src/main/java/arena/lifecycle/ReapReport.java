package arena.lifecycle;

import java.util.List;

/**
 * The result of one run of the reaper.
 *
 * @param failed number of failures; each is logged
 */
public record ReapReport(List<ReapAction> reaped, int failed) {}
