/**
 * The whole product in a simulation: the very same code of a run's life, over simulated stores,
 * from one seed, with something going wrong at every step.
 */
package arena.simulation;
