/** The command {@code ./arena token}. */
package arena.local.token;
