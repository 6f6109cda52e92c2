package arena.local.aws;

/** A service with AWS's JSON protocol, JSON both ways, or its query protocol, a form and XML. */
@FunctionalInterface
public interface AwsApi {
  /**
   * Answers one call. It does not throw: a fault is an answer.
   *
   * @param operation the operation's name, such as {@code StartExecution}
   * @param body the request: JSON, or a form
   */
  Answer call(String operation, String body);

  /**
   * An answer.
   *
   * @param status 200, or the status of a fault
   * @param body JSON, of a fault {@code {"__type":…,"message":…}}; or XML
   */
  record Answer(int status, String body) {}
}
