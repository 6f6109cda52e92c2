/** Retries with waits in between. */
package arena.retry;
