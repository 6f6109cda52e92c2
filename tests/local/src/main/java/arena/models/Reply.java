package arena.models;

import java.util.Optional;

/** What the server does with one call. */
public sealed interface Reply {
  /** A text, as many tokens in and out as its characters. */
  static Text text(String text) {
    return new Text(text, Optional.of(new Usage(1_000, text.length())), Optional.empty(), false);
  }

  /**
   * Tokens on the bill.
   *
   * @param input tokens read
   * @param output tokens written
   */
  record Usage(int input, int output) {}

  /**
   * The API's documented answer with this text.
   *
   * @param usage tokens on the bill; absent if the answer has none, as some servers do it
   * @param thinking what the model thought, in the place that the API has for it
   * @param cut whether it ended because it reached its limit of tokens
   */
  record Text(String text, Optional<Usage> usage, Optional<String> thinking, boolean cut)
      implements Reply {}

  /** The API's documented error for this fault. */
  record Failed(Fault fault) implements Reply {}

  /** These very bytes. */
  record Raw(int status, String contentType, String body) implements Reply {}

  /** Nothing, until the server is closed. */
  record Hang() implements Reply {}

  /** The beginning of an answer, then a space now and then, without end. */
  record Trickle() implements Reply {}

  /** The connection is closed without an answer. */
  record Drop() implements Reply {}

  /** The connection is closed in the middle of the answer. */
  record Truncated() implements Reply {}

  /** An answer of the documented shape that holds no choice or no message. */
  record Empty() implements Reply {}

  /** An answer whose text has so many bytes. */
  record Huge(int bytes) implements Reply {}
}
