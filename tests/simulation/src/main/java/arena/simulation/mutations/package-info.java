/**
 * Mutation testing: whether the simulation and the contract tests detect defects in selected lines.
 */
package arena.simulation.mutations;
