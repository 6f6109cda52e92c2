package arena.local.template;

/**
 * The template or a parameter value is invalid, or uses something that the local stack does not
 * support. The message names the place in the template.
 */
public final class InvalidTemplate extends RuntimeException {
  InvalidTemplate(String path, String message) {
    super(path + ": " + message);
  }

  InvalidTemplate(String path, String message, Throwable cause) {
    super(path + ": " + message, cause);
  }
}
