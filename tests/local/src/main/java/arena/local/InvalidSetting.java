package arena.local;

/** A setting has an invalid value. */
final class InvalidSetting extends RuntimeException {
  InvalidSetting(String message) {
    super(message);
  }
}
