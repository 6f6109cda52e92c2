package arena.diagnosis;

import arena.text.Shell;

/**
 * The HTTP interface as the commands of next steps reach it.
 *
 * @param url base URL
 * @param needsToken whether callers need a token
 */
public record HttpInterface(String url, boolean needsToken) {
  private static final String TOKEN = " -H \"authorization: Bearer $ARENA_TOKEN\"";

  /** A request as a shell command, with options such as {@code -X POST}. */
  String curl(String pathAndQuery, String options) {
    return "curl -s"
        + (needsToken ? TOKEN : "")
        + (options.isEmpty() ? "" : " " + options)
        + " "
        + Shell.quote(url + pathAndQuery);
  }

  /** Whether the stack runs on this machine. */
  boolean local() {
    return url.startsWith("http://localhost:") || url.startsWith("http://127.");
  }
}
