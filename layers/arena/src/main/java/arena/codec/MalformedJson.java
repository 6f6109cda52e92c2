package arena.codec;

/** A text is not the JSON that it should be. */
public final class MalformedJson extends RuntimeException {
  /** Says what was expected. */
  public MalformedJson(String message) {
    super(message);
  }

  /** Says what was expected, and what the parser said. */
  public MalformedJson(String message, Throwable cause) {
    super(message, cause);
  }
}
