package arena.local.lambda;

/** A function's code cannot be used as a handler. */
final class HandlerFault extends RuntimeException {
  HandlerFault(String message) {
    super(message);
  }

  HandlerFault(String message, Throwable cause) {
    super(message, cause);
  }
}
