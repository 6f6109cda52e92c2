/** Retries with waits in between. */
@NullMarked
package arena.retry;

import org.jspecify.annotations.NullMarked;
