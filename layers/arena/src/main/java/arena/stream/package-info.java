/** Live streaming: WebSocket connections, subscriptions, and the fan-out of events. */
package arena.stream;
