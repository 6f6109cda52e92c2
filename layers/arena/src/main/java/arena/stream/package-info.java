/** Live streaming: WebSocket connections, subscriptions, and the fan-out of events. */
@NullMarked
package arena.stream;

import org.jspecify.annotations.NullMarked;
