/** The journal: the source of truth for a run's events until it is archived. */
@NullMarked
package arena.journal;

import org.jspecify.annotations.NullMarked;
