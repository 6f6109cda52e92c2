/** The command {@code ./arena logs}. */
package arena.local.logs;
