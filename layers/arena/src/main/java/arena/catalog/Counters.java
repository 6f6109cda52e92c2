package arena.catalog;

/**
 * The counters of {@code GET /metrics}.
 *
 * @param eventsPublished events in the journal, of all runs
 * @param eventsStreamed events sent to readers
 * @param streamsDropped readers dropped because they fell behind the buffer or were unreachable
 * @param runsOpen running runs
 */
public record Counters(
    long eventsPublished, long eventsStreamed, long streamsDropped, long runsOpen) {}
