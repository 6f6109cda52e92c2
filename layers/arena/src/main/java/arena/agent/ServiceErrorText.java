package arena.agent;

import arena.run.Limits;
import arena.text.PlainText;
import arena.text.Redactor;
import org.jspecify.annotations.Nullable;

/** Sanitizes error texts of model services for logs, storage and clients. */
final class ServiceErrorText {
  /** Maximum length of a sanitized text, in characters. */
  static final int MAX = 300;

  /** Maximum length of the text that is read, in characters. */
  private static final int MAX_READ = 8_000;

  private ServiceErrorText() {}

  /**
   * Returns the text as one line, redacted and cut to {@link #MAX}.
   *
   * @param text the service's text; may be null
   * @param redactor knows the secrets that were sent to the service
   */
  static String clean(@Nullable String text, Redactor redactor) {
    if (text == null || text.isBlank()) {
      return "no text";
    }
    String read = text.substring(0, Math.min(text.length(), MAX_READ));
    return Limits.cut(PlainText.line(redactor.redact(read)), MAX);
  }
}
