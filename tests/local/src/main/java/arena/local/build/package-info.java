/**
 * Compiles what changed since the last build, for the loop of change and start: only the changed
 * files, unless their interface changed. It uses the JDK alone, so that the JVM can run it from its
 * source when nothing is built. Maven's build is the complete one, with the checks.
 */
package arena.local.build;
