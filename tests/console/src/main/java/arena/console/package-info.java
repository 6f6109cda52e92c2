/** A browser for the tests and measurements of the console. */
@NullMarked
package arena.console;

import org.jspecify.annotations.NullMarked;
