/**
 * Contract tests of the stores. Each interface has one abstract suite that every implementation
 * runs.
 */
package arena.contract;
