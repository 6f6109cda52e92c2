/** Rankings and standings from the outcomes of runs. Deterministic for a seed; no I/O. */
@NullMarked
package arena.ranking;

import org.jspecify.annotations.NullMarked;
