package arena.models;

import java.util.Optional;

/** The server's reply to a call. */
public sealed interface Reply {
  /** Returns a text that costs 1,000 input tokens and one output token for each character. */
  static Text text(String text) {
    return new Text(text, Optional.of(new Usage(1_000, text.length())), Optional.empty(), false);
  }

  /**
   * Reported tokens.
   *
   * @param input tokens read
   * @param output tokens written
   * @param cached those of the tokens read that the service has cached
   */
  record Usage(int input, int output, int cached) {
    /** Creates the usage of a call without a cache. */
    public Usage(int input, int output) {
      this(input, output, 0);
    }
  }

  /**
   * The API's documented response with a text.
   *
   * @param usage reported tokens; some servers report none
   * @param thinking the model's reasoning, in the API's field for it
   * @param truncated whether the text reached the limit of tokens
   */
  record Text(String text, Optional<Usage> usage, Optional<String> thinking, boolean truncated)
      implements Reply {}

  /** The API's documented error of a fault. */
  record Failed(Fault fault) implements Reply {}

  /** The API's documented error of {@link Fault#THROTTLED}, with {@code Retry-After}. */
  record AskToWait(int seconds) implements Reply {}

  /** A response with this status and body. */
  record Raw(int status, String contentType, String body) implements Reply {}

  /** No response until the server is closed. */
  record Hang() implements Reply {}

  /** The first half of a response, then spaces without end. */
  record Trickle() implements Reply {}

  /** The connection is closed without a response. */
  record Drop() implements Reply {}

  /** The connection is closed in the middle of the response. */
  record Truncated() implements Reply {}

  /** A documented response without a choice or message. */
  record Empty() implements Reply {}

  /** A response whose text has this many bytes. */
  record Huge(int bytes) implements Reply {}
}
