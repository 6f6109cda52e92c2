/** Reads events across broker, journal and archive. */
package arena.source;
