package arena.catalog;

import arena.run.Run;
import java.util.List;
import java.util.Optional;

/**
 * A page of runs.
 *
 * @param next opaque cursor of the next page, if any
 */
public record RunPage(List<Run> runs, Optional<String> next) {}
