/** What the product does with time and bytes, measured over the local stack. */
package arena.benchmark;
