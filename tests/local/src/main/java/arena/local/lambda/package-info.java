/**
 * Hosts the functions as Lambda does: sandboxes, time-outs, errors, payload limits and the Invoke
 * API.
 */
package arena.local.lambda;
