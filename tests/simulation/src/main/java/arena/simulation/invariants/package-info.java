/** What the product promises, a class a promise; each is checked at every change it is about. */
package arena.simulation.invariants;
