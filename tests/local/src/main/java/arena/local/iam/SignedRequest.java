package arena.local.iam;

import java.util.List;
import java.util.function.Function;

/**
 * A request as its signature sees it.
 *
 * @param method the method
 * @param path the path as it was sent, with its escapes
 * @param query the query as it was sent; null if there is none
 * @param headers returns the values of a header by its name in lower case
 * @param body the body
 */
@SuppressWarnings("ArrayRecordComponent") // is not compared
public record SignedRequest(
    String method,
    String path,
    String query,
    Function<String, List<String>> headers,
    byte[] body) {}
