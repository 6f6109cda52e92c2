package arena.local;

/** A setting has a value that it cannot have. */
final class BadSetting extends RuntimeException {
  BadSetting(String message) {
    super(message);
  }
}
