package arena.local.lambda;

/** A function's code is missing or is not a handler. */
final class InvalidHandler extends RuntimeException {
  InvalidHandler(String message) {
    super(message);
  }

  InvalidHandler(String message, Throwable cause) {
    super(message, cause);
  }
}
