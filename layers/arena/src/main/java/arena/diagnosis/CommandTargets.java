package arena.diagnosis;

/**
 * The endpoints used in the commands of next steps.
 *
 * @param url base URL of the HTTP interface
 * @param redisCli the redis-cli program with its connection options
 */
public record CommandTargets(String url, String redisCli) {
  /** Whether the stack runs on this machine. */
  boolean local() {
    return url.startsWith("http://localhost:") || url.startsWith("http://127.");
  }
}
