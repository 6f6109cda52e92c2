package arena.local.aws;

import arena.local.iam.Access;
import java.util.List;

/**
 * A service with AWS's JSON protocol or its query protocol (a form as request, XML as response).
 */
@FunctionalInterface
public interface AwsApi {
  /**
   * Processes a request. It does not throw: an error is a response.
   *
   * @param operation the operation's name, such as {@code StartExecution}
   * @param body the request: JSON, or a form
   */
  Response call(String operation, String body);

  /** Returns what a request needs rights for; by default one that no role has. */
  default List<Access> needed(String operation, String body) {
    return List.of(Access.UNKNOWN);
  }

  /**
   * A response.
   *
   * @param status 200, or the status of an error
   * @param body JSON, for an error {@code {"__type":…,"message":…}}; or XML
   */
  record Response(int status, String body) {}
}
