/** Metrics: their names, and the interface through which the code records them. */
@NullMarked
package arena.metrics;

import org.jspecify.annotations.NullMarked;
