package arena.causes;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;

/** Asks what is the matter with runs, until it is told what a test expects, or its time is over. */
final class StalledRun {
  /** How soon after a cause can be seen it must be named. */
  static final Duration VISIBLE = Duration.ofSeconds(5);

  /** Looks that are taken even if the time is over. */
  private static final int LOOKS = 3;

  private final ArenaClient arena;

  StalledRun(ArenaClient arena) {
    this.arena = arena;
  }

  /** What is said of the run now. */
  JsonNode diagnosis(String runId) {
    return arena.get("/runs/" + runId + "/diagnosis").expect(200);
  }

  /** What is said of the run once the cause is this one, which it must be within a bound. */
  JsonNode until(String runId, String cause, Duration bound) {
    Instant deadline = Instant.now().plus(bound);
    // on a busy machine one look may take as long as the bound
    for (int looks = 1; ; looks++) {
      boolean last = looks >= LOOKS && Instant.now().isAfter(deadline);
      JsonNode said = diagnosis(runId);
      if (said.get("cause").textValue().equals(cause)) {
        return said;
      }
      if (last) {
        throw new AssertionError(
            "not " + cause + " within " + bound + ": " + said.toPrettyString());
      }
    }
  }

  /** Likewise, of what can be seen already. */
  JsonNode until(String runId, String cause) {
    return until(runId, cause, VISIBLE);
  }

  /** The value of a fact that decided. */
  static String evidence(JsonNode said, String fact) {
    for (JsonNode one : said.get("evidence")) {
      if (one.get("fact").textValue().equals(fact)) {
        return one.get("value").textValue();
      }
    }
    throw new AssertionError("no evidence " + fact + " in " + said.get("evidence"));
  }
}
