/** JSON codecs for events, worlds and actions, with stable bytes. */
@NullMarked
package arena.codec;

import org.jspecify.annotations.NullMarked;
