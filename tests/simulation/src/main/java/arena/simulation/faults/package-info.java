/** Fault injection: the fault points, when faults occur, and which points were hit. */
package arena.simulation.faults;
