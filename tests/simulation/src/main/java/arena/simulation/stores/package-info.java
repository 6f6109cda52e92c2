/**
 * In-memory stores with the semantics of the real ones, including key expiry and atomicity. The
 * contract tests run against both.
 */
package arena.simulation.stores;
