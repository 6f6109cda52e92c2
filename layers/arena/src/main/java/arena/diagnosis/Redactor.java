package arena.diagnosis;

import arena.run.Limits;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** Keeps secrets out of what is shown: those that are known, and what looks like one. */
public final class Redactor {
  private static final String REDACTED = "[redacted]";

  /** A secret that is shorter would be found in every other word. */
  private static final int MIN_SECRET = 6;

  private static final int MAX_REASON = 300;

  /** What looks like a secret; its first group, if it has one, stays. */
  private static final List<Pattern> SHAPES =
      List.of(
          // keys of models' services
          Pattern.compile("\\b(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}"),
          // AWS: access key ids, and whatever is called secret, token or signature
          Pattern.compile("\\b(?:AKIA|ASIA)[A-Z0-9]{12,}\\b"),
          Pattern.compile("(?i)(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\\s\"\\\\]+"),
          Pattern.compile(
              "(?i)((?:aws_)?(?:secret_?access_?key|session_?token|api_?key|password|passwd|pwd|secret|auth_?token)"
                  + "[\"\\\\]{0,3}\\s{0,3}[=:]\\s{0,3}[\"\\\\]{0,3})[^\\s\"\\\\,;&}]{3,}"),
          Pattern.compile("(?i)\\b(key provided: )[^\\s\".]+"),
          // credentials of HTTP, and JSON web tokens
          Pattern.compile("(?i)\\b(bearer\\s+)[A-Za-z0-9+/=._~-]{8,}"),
          Pattern.compile("(?i)\\b(authorization[\"\\\\:=\\s]{1,8}basic\\s+)[A-Za-z0-9+/=]{4,}"),
          Pattern.compile("(://[^/\\s:@\"]{0,100}:)[^/\\s@\"]{1,200}(?=@)"),
          Pattern.compile("\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{4,}"));

  private final List<String> secrets;

  /** Knows these secrets; those that are too short to be one are left out. */
  public Redactor(Collection<String> secrets) {
    this.secrets =
        secrets.stream()
            .filter(secret -> secret.length() >= MIN_SECRET)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** The text without secrets. */
  public String redact(String text) {
    String clean = text;
    for (String secret : secrets) {
      clean = clean.replace(secret, REDACTED);
    }
    for (Pattern shape : SHAPES) {
      boolean keeps = shape.matcher("").groupCount() > 0;
      clean = shape.matcher(clean).replaceAll((keeps ? "$1" : "") + REDACTED.replace("$", "\\$"));
    }
    return clean;
  }

  /** What an exception says, on one line and without what only a log needs. */
  static String plain(Throwable why) {
    String message = why.getMessage();
    String text =
        message == null || message.isBlank() ? why.getClass().getSimpleName() : message.strip();
    return Limits.cut(text.replaceAll("\\s+", " "), MAX_REASON);
  }
}
