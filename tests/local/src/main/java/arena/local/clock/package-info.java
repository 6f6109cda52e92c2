/** The stack's time: the machine's own, or one that a test holds. */
package arena.local.clock;
