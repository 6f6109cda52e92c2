/** Idempotent handling of requests that have a client-supplied key. */
@NullMarked
package arena.idempotency;

import org.jspecify.annotations.NullMarked;
