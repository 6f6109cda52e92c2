/** Idempotent handling of requests that have a client-supplied key. */
package arena.idempotency;
