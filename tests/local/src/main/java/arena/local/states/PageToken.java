package arena.local.states;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** What leads from one page to the next: where to go on, good only for the same question. */
final class PageToken {
  /** Longest token that is read, in characters. */
  static final int MAX_LENGTH = 3_096;

  private PageToken() {}

  /**
   * Makes one.
   *
   * @param question what was asked, without line breaks
   * @param place where to go on
   */
  static String write(String question, String place) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((question + "\n" + place).getBytes(StandardCharsets.UTF_8));
  }

  /** Where to go on, if a token was given. */
  static Optional<String> read(Optional<String> token, String question) throws RequestRefused {
    if (token.isEmpty()) {
      return Optional.empty();
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(token.get()), StandardCharsets.UTF_8);
      if (text.startsWith(question + "\n")) {
        return Optional.of(text.substring(question.length() + 1));
      }
    } catch (IllegalArgumentException e) {
      throw invalid();
    }
    throw invalid();
  }

  static RequestRefused invalid() {
    return new RequestRefused("InvalidToken", "the nextToken is not one of this question's");
  }
}
