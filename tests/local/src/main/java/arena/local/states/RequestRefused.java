package arena.local.states;

/** A request cannot be done; the service's error says why. */
final class RequestRefused extends Exception {
  private final String type;

  /**
   * Makes it.
   *
   * @param type the error's name in the service's API, such as {@code ExecutionDoesNotExist}
   */
  RequestRefused(String type, String message) {
    super(message);
    this.type = type;
  }

  String type() {
    return type;
  }
}
