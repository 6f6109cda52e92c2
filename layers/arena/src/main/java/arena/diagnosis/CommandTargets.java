package arena.diagnosis;

import arena.text.Redactor;

/**
 * The endpoints used in the commands of next steps.
 *
 * @param url base URL of the HTTP interface
 * @param redisCli the redis-cli program with its connection options
 * @param redactor redacts the values in commands before they are quoted; later, it could break
 *     quotes
 */
public record CommandTargets(String url, String redisCli, Redactor redactor) {
  /** Whether the stack runs on this machine. */
  boolean local() {
    return url.startsWith("http://localhost:") || url.startsWith("http://127.");
  }
}
