/**
 * Simulated time and deterministic scheduling: one process at a time, in an order determined by the
 * seed.
 */
package arena.simulation.scheduler;
