/**
 * Step Functions on one machine: the states language in JSONata, executions that survive a restart,
 * and the service's API over HTTP.
 */
package arena.local.states;
