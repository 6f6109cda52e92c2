/**
 * Live streaming: who is connected, and the fan-out that sends each subscriber what it has not had.
 */
package arena.stream;
