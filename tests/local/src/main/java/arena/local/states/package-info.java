/**
 * Stands in for Step Functions: interprets definitions in the Amazon States Language with JSONata,
 * keeps executions across restarts, and serves the API's JSON.
 */
package arena.local.states;
