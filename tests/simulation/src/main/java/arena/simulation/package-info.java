/**
 * Deterministic simulation of the product: the production code of a run's lifecycle over simulated
 * stores and services, with faults injected at every call. A seed determines every step.
 */
package arena.simulation;
