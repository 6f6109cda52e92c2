package arena.packaged;

/**
 * What a function answers to an event.
 *
 * @param payload JSON: its response, or the document of its error
 * @param failed whether it is an error
 */
public record Answer(String payload, boolean failed) {}
