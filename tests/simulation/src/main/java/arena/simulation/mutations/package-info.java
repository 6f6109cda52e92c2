/**
 * Whether the simulation and the contracts notice when a line is missing that everything rests on.
 */
package arena.simulation.mutations;
