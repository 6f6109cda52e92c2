package arena.comparison;

import java.util.List;
import java.util.Optional;

/**
 * A page of comparisons.
 *
 * @param next opaque cursor of the next page, if any
 */
public record ComparisonPage(List<Comparison> comparisons, Optional<String> next) {}
