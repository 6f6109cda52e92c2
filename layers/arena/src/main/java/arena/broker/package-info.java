/** The broker: a bounded, ordered buffer of live events per run in Redis, and its readers. */
@NullMarked
package arena.broker;

import org.jspecify.annotations.NullMarked;
