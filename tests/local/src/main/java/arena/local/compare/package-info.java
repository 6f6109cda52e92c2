/** The commands {@code ./arena experiment}, {@code ./arena race} and {@code ./arena rank}. */
package arena.local.compare;
