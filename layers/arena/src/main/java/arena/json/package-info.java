/** Plain JSON through one Jackson mapper. */
@NullMarked
package arena.json;

import org.jspecify.annotations.NullMarked;
