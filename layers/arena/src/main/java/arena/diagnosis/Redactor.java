package arena.diagnosis;

import arena.error.DependencyUnavailable;
import arena.run.Limits;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** Redacts known secrets, and text that has the format of a secret. */
public final class Redactor {
  private static final String REDACTED = "[redacted]";

  /** Minimum length of a known secret; shorter ones would match ordinary words. */
  private static final int MIN_SECRET = 6;

  private static final int MAX_REASON = 300;

  /** Formats of secrets; the first group, if any, is kept. */
  private static final List<Pattern> PATTERNS =
      List.of(
          // API keys of model services
          Pattern.compile("\\b(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}"),
          // AWS access key ids, and values named secret, token or signature
          Pattern.compile("\\b(?:AKIA|ASIA)[A-Z0-9]{12,}\\b"),
          Pattern.compile("(?i)(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\\s\"\\\\]+"),
          Pattern.compile(
              "(?i)((?:aws_)?(?:secret_?access_?key|session_?token|api_?key|password|passwd|pwd|secret|auth_?token)"
                  + "[\"\\\\]{0,3}\\s{0,3}[=:]\\s{0,3}[\"\\\\]{0,3})[^\\s\"\\\\,;&}]{3,}"),
          Pattern.compile("(?i)\\b(key provided: )[^\\s\".]+"),
          // HTTP credentials and JSON web tokens
          Pattern.compile("(?i)\\b(bearer\\s+)[A-Za-z0-9+/=._~-]{8,}"),
          Pattern.compile("(?i)\\b(authorization[\"\\\\:=\\s]{1,8}basic\\s+)[A-Za-z0-9+/=]{4,}"),
          Pattern.compile("(://[^/\\s:@\"]{0,100}:)[^/\\s@\"]{1,200}(?=@)"),
          Pattern.compile("\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{4,}"));

  private final List<String> secrets;

  /** Redacts these secrets; those shorter than {@link #MIN_SECRET} are ignored. */
  public Redactor(Collection<String> secrets) {
    this.secrets =
        secrets.stream()
            .filter(secret -> secret.length() >= MIN_SECRET)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  public String redact(String text) {
    String clean = text;
    for (String secret : secrets) {
      clean = clean.replace(secret, REDACTED);
    }
    for (Pattern pattern : PATTERNS) {
      boolean keepsPrefix = pattern.matcher("").groupCount() > 0;
      clean =
          pattern
              .matcher(clean)
              .replaceAll((keepsPrefix ? "$1" : "") + REDACTED.replace("$", "\\$"));
    }
    return clean;
  }

  /** Returns an exception's message on one line, cut. */
  static String plain(Throwable exception) {
    String message =
        exception instanceof DependencyUnavailable unavailable
            ? unavailable.reason()
            : exception.getMessage();
    String text =
        message == null || message.isBlank()
            ? exception.getClass().getSimpleName()
            : message.strip();
    return Limits.cut(text.replaceAll("\\s+", " "), MAX_REASON);
  }
}
