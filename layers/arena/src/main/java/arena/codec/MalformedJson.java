package arena.codec;

import org.jspecify.annotations.Nullable;

/** Text is not valid JSON or not of the expected shape. */
public final class MalformedJson extends RuntimeException {
  public MalformedJson(String message) {
    super(message);
  }

  public MalformedJson(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
