/** The command {@code ./arena demo}. */
package arena.local.demo;
