/**
 * Benchmarks of the product over the local stack: {@code ./arena bench} and {@code ./arena load}.
 */
package arena.benchmark;
