/** A client of the arena's HTTP and WebSocket interfaces, as a frontend would be one. */
package arena.local.client;
