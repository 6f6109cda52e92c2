/**
 * Comparisons of profiles: experiments and races, each a plan of cells of which every one is a run.
 * Plans, estimates, the store, and the use cases that create, play, cancel and resume them.
 */
@NullMarked
package arena.comparison;

import org.jspecify.annotations.NullMarked;
