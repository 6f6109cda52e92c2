package arena.stream;

import arena.run.RunId;
import java.time.Instant;

/**
 * One invocation of a run's fan-out.
 *
 * @param wokenAt when it was requested; the start of its lag
 * @param deadline no message is sent after this time
 * @param pending whether the run may have pending subscriptions; see {@link
 *     Connections#subscribePending}
 */
public record FanOutTask(RunId runId, Instant wokenAt, Instant deadline, boolean pending) {}
