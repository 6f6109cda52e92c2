/** Plain JSON as trees. */
@NullMarked
package arena.json;

import org.jspecify.annotations.NullMarked;
