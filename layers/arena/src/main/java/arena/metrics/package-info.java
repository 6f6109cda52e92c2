/** Metrics: their names, and the interface through which the code records them. */
package arena.metrics;
