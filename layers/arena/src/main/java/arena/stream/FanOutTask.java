package arena.stream;

import java.time.Instant;

/**
 * One invocation of a run's fan-out.
 *
 * @param wokenAt when it was requested, from when its lag counts
 * @param deadline after which no new message is started
 */
public record FanOutTask(String runId, Instant wokenAt, Instant deadline) {}
