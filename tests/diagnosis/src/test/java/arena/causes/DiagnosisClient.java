package arena.causes;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;

/** Requests diagnoses of runs and waits for an expected cause. */
final class DiagnosisClient {
  /** Longest allowed time from a detectable cause to its diagnosis. */
  static final Duration DETECTION_BOUND = Duration.ofSeconds(5);

  /** Minimum number of requests, even past the bound. */
  private static final int MIN_REQUESTS = 3;

  private final ArenaClient arena;

  DiagnosisClient(ArenaClient arena) {
    this.arena = arena;
  }

  /** Returns the current diagnosis of a run. */
  JsonNode diagnosis(String runId) {
    return arena.get("/runs/" + runId + "/diagnosis").expect(200);
  }

  /** Waits at most {@code bound} for a diagnosis with this cause and returns it. */
  JsonNode awaitCause(String runId, String cause, Duration bound) {
    Instant deadline = Instant.now().plus(bound);
    // on a busy machine one request may take as long as the bound
    for (int requests = 1; ; requests++) {
      boolean last = requests >= MIN_REQUESTS && Instant.now().isAfter(deadline);
      JsonNode diagnosis = diagnosis(runId);
      if (diagnosis.get("cause").textValue().equals(cause)) {
        return diagnosis;
      }
      if (last) {
        throw new AssertionError(
            "not " + cause + " within " + bound + ": " + diagnosis.toPrettyString());
      }
    }
  }

  /** Waits at most {@link #DETECTION_BOUND} for a diagnosis with this cause and returns it. */
  JsonNode awaitCause(String runId, String cause) {
    return awaitCause(runId, cause, DETECTION_BOUND);
  }

  /** Returns the value of a fact in the evidence. */
  static String evidence(JsonNode diagnosis, String fact) {
    for (JsonNode one : diagnosis.get("evidence")) {
      if (one.get("fact").textValue().equals(fact)) {
        return one.get("value").textValue();
      }
    }
    throw new AssertionError("no evidence " + fact + " in " + diagnosis.get("evidence"));
  }
}
