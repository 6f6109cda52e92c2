/** What functions and the stack itself write: one bounded file each, in the stack's folder. */
package arena.local.log;
