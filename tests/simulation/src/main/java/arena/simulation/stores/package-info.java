/**
 * The stores in memory, with the semantics of the real ones, down to when a key expires and which
 * changes are one step. What the contract tests hold against the real stores they hold against
 * these.
 */
package arena.simulation.stores;
