package arena.local.lambda;

/** A handler failed in its process; the error is the JSON document of Lambda's runtime. */
final class HandlerFailure extends Exception {
  private final String document;

  HandlerFailure(String document) {
    super("the handler failed");
    this.document = document;
  }

  /** Returns {@code errorType}, {@code errorMessage} and {@code stackTrace}. */
  String document() {
    return document;
  }
}
