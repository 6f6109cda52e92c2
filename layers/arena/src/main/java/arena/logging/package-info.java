/**
 * Writes log events as lines of JSON: the provider of SLF4J, and of the levels of Powertools. There
 * is one because Log4j, which loads the classes of all its plugins and parses a configuration, took
 * a third of the CPU of a cold start.
 */
@NullMarked
package arena.logging;

import org.jspecify.annotations.NullMarked;
