/**
 * Runs packaged functions as Lambda's managed Java runtime does: the built code and layers laid out
 * as in Lambda, in a process of the real runtime interface client.
 */
package arena.packaged;
