/** Who calls: tokens, their roles, and tickets for WebSocket connections. */
@NullMarked
package arena.access;

import org.jspecify.annotations.NullMarked;
