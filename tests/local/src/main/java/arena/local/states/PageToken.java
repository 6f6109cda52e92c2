package arena.local.states;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** A token for the next page of a result: the position of its first item. */
final class PageToken {
  /** Longest token that is read, in characters. */
  static final int MAX_LENGTH = 3_096;

  private PageToken() {}

  /**
   * Creates a token.
   *
   * @param query the query that the token is valid for, without line breaks
   * @param position the first item of the next page
   */
  static String write(String query, String position) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((query + "\n" + position).getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the position in a token, if one was given. */
  static Optional<String> read(Optional<String> token, String query) throws ApiError {
    if (token.isEmpty()) {
      return Optional.empty();
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(token.get()), StandardCharsets.UTF_8);
      if (text.startsWith(query + "\n")) {
        return Optional.of(text.substring(query.length() + 1));
      }
    } catch (IllegalArgumentException e) {
      throw invalid();
    }
    throw invalid();
  }

  static ApiError invalid() {
    return new ApiError("InvalidToken", "the nextToken is invalid for this query");
  }
}
