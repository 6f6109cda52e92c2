package arena.local.lambda;

/** A handler failed in its process; the error is told as Lambda's runtime tells it, in JSON. */
final class HandlerError extends Exception {
  private final String document;

  HandlerError(String document) {
    super("the handler failed");
    this.document = document;
  }

  /** {@code errorType}, {@code errorMessage} and {@code stackTrace}. */
  String document() {
    return document;
  }
}
