/** The HTTP interface: strict request parsing, routing, responses and errors. */
@NullMarked
package arena.http;

import org.jspecify.annotations.NullMarked;
