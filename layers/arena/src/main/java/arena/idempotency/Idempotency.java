package arena.idempotency;

import arena.run.RunId;
import java.time.Duration;
import java.util.Optional;

/** Remembers requests by idempotency key for a day. */
public interface Idempotency {
  /** How long a key is remembered. */
  Duration RETENTION = Duration.ofDays(1);

  /**
   * Registers a request. The first request with a key gets the given run id; repeated ones get the
   * first one's run id.
   *
   * @param request caller, route and idempotency key
   * @param bodyDigest digest of the body, to detect a different request with the same key
   * @param runId the run id to use if this is the first request
   * @throws KeyReused if the key was used with another body
   */
  Registration register(String request, String bodyDigest, RunId runId);

  /**
   * Replaces a request's run id, if the run can never start.
   *
   * @param runId the current run id; if it was already replaced, nothing changes
   * @param otherId the new run id
   * @return the request's run id afterwards
   */
  RunId replaceRunId(String request, RunId runId, RunId otherId);

  /**
   * Records the response. The first recorded response is kept.
   *
   * @return the recorded response, which is the one to return
   */
  String recordResponse(String request, String response);

  /**
   * A registered request.
   *
   * @param runId the request's run
   * @param response the recorded response, if any
   */
  record Registration(RunId runId, Optional<String> response) {}
}
