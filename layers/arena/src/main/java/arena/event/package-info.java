/**
 * What happens in a run: events, their payloads, the envelope. Plain: how they are written is the
 * codec's.
 */
package arena.event;
