/** Requests that carry a key of the client's, so that one sent again is not done again. */
package arena.idempotency;
