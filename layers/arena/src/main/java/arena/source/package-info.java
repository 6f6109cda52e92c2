/** Reads events across broker, journal and archive. */
@NullMarked
package arena.source;

import org.jspecify.annotations.NullMarked;
