/**
 * Stands in for Lambda: sandboxes, timeouts, errors, payload limits, and asynchronous invocations
 * with retries.
 */
package arena.local.lambda;
