package arena.event;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * One fact of a run; immutable.
 *
 * @param runId 32 hex digits
 * @param seq its number in the run, from 1, without gap or repeat
 * @param agentId who played: the profile's name
 * @param t the turn it belongs to
 * @param kind the payload's kind
 * @param payloadJson the payload as it was first written; every store carries these bytes
 * @param ts when it was written, to the microsecond
 * @param schemaVersion version of the payload's shape: 1
 */
public record Event(
    String runId,
    long seq,
    String agentId,
    int t,
    String kind,
    String payloadJson,
    Instant ts,
    int schemaVersion) {

  /** The one version of payloads so far. */
  public static final int SCHEMA_VERSION = 1;

  /** Refuses an event that no run can have. */
  public Event {
    Objects.requireNonNull(runId);
    if (seq < 1) {
      throw new IllegalArgumentException("seq counts from 1, not " + seq);
    }
    Objects.requireNonNull(agentId);
    if (t < 0) {
      throw new IllegalArgumentException("t counts from 0, not " + t);
    }
    Objects.requireNonNull(kind);
    Objects.requireNonNull(payloadJson);
    ts = ts.truncatedTo(ChronoUnit.MICROS);
  }
}
