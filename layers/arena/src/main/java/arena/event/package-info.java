/** Events and their payloads. No serialization; see {@link arena.codec}. */
package arena.event;
