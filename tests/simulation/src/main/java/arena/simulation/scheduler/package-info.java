/** Time, and who goes on next: one process at a time, in an order that only the seed decides. */
package arena.simulation.scheduler;
