package arena.local;

/** A setting has a value that it cannot have. */
final class InvalidSetting extends RuntimeException {
  InvalidSetting(String message) {
    super(message);
  }
}
