package arena.local.states;

/** An error that the service's API returns. */
final class ApiError extends Exception {
  private final String type;

  /**
   * Creates the error.
   *
   * @param type the error's name in the API, such as {@code ExecutionDoesNotExist}
   */
  ApiError(String type, String message) {
    super(message);
    this.type = type;
  }

  String type() {
    return type;
  }
}
