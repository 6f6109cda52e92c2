package arena.event;

import arena.run.RunId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * One immutable event of a run.
 *
 * @param runId 32 hex digits
 * @param seq sequence number in the run, from 1, without gaps or repeats
 * @param agentId the profile's name
 * @param t the turn
 * @param kind the payload's kind
 * @param payloadJson the payload as first serialized; every store keeps these bytes unchanged
 * @param ts time of creation, truncated to microseconds
 * @param schemaVersion version of the payload's schema
 */
public record Event(
    RunId runId,
    long seq,
    String agentId,
    int t,
    String kind,
    String payloadJson,
    Instant ts,
    int schemaVersion) {

  /** The current version of the payload schema. */
  public static final int SCHEMA_VERSION = 1;

  public Event {
    Objects.requireNonNull(runId);
    if (seq < 1) {
      throw new IllegalArgumentException("seq must be at least 1: " + seq);
    }
    Objects.requireNonNull(agentId);
    if (t < 0) {
      throw new IllegalArgumentException("t must be at least 0: " + t);
    }
    Objects.requireNonNull(kind);
    Objects.requireNonNull(payloadJson);
    ts = ts.truncatedTo(ChronoUnit.MICROS);
  }
}
