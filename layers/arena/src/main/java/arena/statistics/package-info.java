/** Statistics of runs and their comparison. Deterministic for a seed; no I/O. */
@NullMarked
package arena.statistics;

import org.jspecify.annotations.NullMarked;
