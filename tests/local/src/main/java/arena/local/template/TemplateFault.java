package arena.local.template;

/** The template, or a parameter's value, is not what it must be; the message says where and why. */
public final class TemplateFault extends RuntimeException {
  TemplateFault(String path, String message) {
    super(path + ": " + message);
  }

  TemplateFault(String path, String message, Throwable cause) {
    super(path + ": " + message, cause);
  }
}
