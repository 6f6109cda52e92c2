/** The clock of the local stack: the system clock, or one that a test advances. */
package arena.local.clock;
