package arena.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Adds the Link header of a page of a list (RFC 8288). */
final class NextLink {
  private NextLink() {}

  /**
   * Returns the response with the path of the next page.
   *
   * @param filters query parameters that the next page repeats
   */
  static Response add(
      Response response, Request request, int limit, List<String> filters, String cursor) {
    StringBuilder target = new StringBuilder();
    target.append(request.path()).append("?limit=").append(limit);
    for (String filter : filters) {
      request.query(filter).ifPresent(value -> append(target, filter, value));
    }
    append(target, "cursor", cursor);
    return response.with("link", "<%s>; rel=\"next\"".formatted(target));
  }

  private static void append(StringBuilder target, String name, String value) {
    // a space as %20, which is also valid where a plus sign is not a space
    String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    target.append('&').append(name).append('=').append(encoded);
  }
}
