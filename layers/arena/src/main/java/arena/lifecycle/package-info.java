/**
 * The use cases of a run's lifecycle: create, play, finalize, reap, stop, read. Depends only on
 * store interfaces, so that the simulator runs the same code.
 */
@NullMarked
package arena.lifecycle;

import org.jspecify.annotations.NullMarked;
