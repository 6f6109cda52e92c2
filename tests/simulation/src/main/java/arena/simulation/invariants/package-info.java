/** The invariants of the product, one class each, checked at every change of a store. */
package arena.simulation.invariants;
