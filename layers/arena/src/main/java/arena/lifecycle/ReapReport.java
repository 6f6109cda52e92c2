package arena.lifecycle;

import java.util.List;

/**
 * What one reaping did.
 *
 * @param failed how many could not be seen to now; the log has why
 */
public record ReapReport(List<ReapAction> reaped, int failed) {}
