/** Events and their payloads. No serialization; see {@link arena.codec}. */
@NullMarked
package arena.event;

import org.jspecify.annotations.NullMarked;
