/**
 * A run's life, from the request to the archive: create, play, finalize, reap, read. Written
 * against the stores' interfaces alone, so that a simulator can drive the very same code.
 */
package arena.lifecycle;
