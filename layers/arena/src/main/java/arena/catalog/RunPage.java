package arena.catalog;

import arena.run.Run;
import java.util.List;
import java.util.Optional;

/**
 * One page of a list of runs.
 *
 * @param next where the next page begins, if there is one; opaque
 */
public record RunPage(List<Run> runs, Optional<String> next) {}
