package arena.idempotency;

import java.time.Duration;
import java.util.Optional;

/** Remembers requests by the key that the client gave them, for a day. */
public interface Idempotency {
  /** How long a key is remembered. */
  Duration KEEP = Duration.ofDays(1);

  /**
   * Takes note of a request. The first one with its key gets the id that is offered; one that comes
   * again gets what the first got, so that both are about the same run.
   *
   * @param request what identifies it: the call and the client's key
   * @param bodyDigest of the body, so that another request under the same key is told apart
   * @param runId the id for the run, if this is the first
   * @throws KeyReused if the key came with another body before
   */
  Noted note(String request, String bodyDigest, String runId);

  /**
   * Gives a request another run, when the one that it had can never start.
   *
   * @param runId the run that it had; if it has another by now, that one stays
   * @param otherId the run that it gets
   * @return the run that it has now
   */
  String renew(String request, String runId, String otherId);

  /**
   * Keeps the answer, for when the request comes again. The first one stays.
   *
   * @return the answer that is kept, which is the one to give
   */
  String answered(String request, String answer);

  /**
   * What is known of a request.
   *
   * @param runId the run that it is about
   * @param answer what was answered, if it was done before
   */
  record Noted(String runId, Optional<String> answer) {}
}
