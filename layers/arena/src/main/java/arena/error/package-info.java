/** The errors of the product: their codes, and how callers handle them. */
@NullMarked
package arena.error;

import org.jspecify.annotations.NullMarked;
