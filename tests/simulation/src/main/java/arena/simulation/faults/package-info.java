/** What can go wrong, where, and which of it was seen to go wrong. */
package arena.simulation.faults;
