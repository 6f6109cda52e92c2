package arena.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Redacts known secrets, however they are encoded, and text that has the format of a secret. Takes
 * single strings: redacting a JSON text could break it. Takes time linear in the text. Thread-safe.
 */
public final class Redactor {
  /** Redacts text by its format only. */
  public static final Redactor OF_FORMATS = new Redactor(List.of());

  /**
   * Minimum length of a known secret, in characters. A shorter one is a word such as {@code none}
   * or {@code ollama}, which local model servers take, and would match ordinary text.
   */
  public static final int MIN_SECRET = 12;

  static final String REDACTED = "[redacted]";

  /** The environment variables of functions that hold secrets. */
  private static final List<String> VARIABLES =
      List.of(
          "REDIS_PASSWORD",
          "ARENA_OPENAI_API_KEY",
          "ARENA_ANTHROPIC_API_KEY",
          "AWS_SECRET_ACCESS_KEY",
          "AWS_SESSION_TOKEN",
          "AWS_ACCESS_KEY_ID");

  /**
   * Where a word begins, also after an escape of JSON: log lines are JSON in a string of a report.
   */
  private static final String START = "(?:\\b|(?<=\\\\[bfnrt])|(?<=\\\\u[0-9A-Fa-f]{4}))";

  /**
   * Formats of secrets; the first group, if any, is kept. Every repetition that can start within
   * itself is bounded, or the time would be quadratic.
   */
  static final List<Pattern> FORMATS =
      List.of(
          // tokens and tickets of callers of the arena
          Pattern.compile("(arena_[a-z2-7]{8}_|ticket_)[A-Za-z0-9_-]{43}"),
          // API keys of model services
          Pattern.compile(START + "(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}+"),
          // AWS access key ids, and values named secret, token or signature
          Pattern.compile(START + "(?:AKIA|ASIA)[A-Z0-9]{12,}+\\b"),
          Pattern.compile("(?i)(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\\s\"\\\\]++"),
          Pattern.compile(
              "(?i)((?:aws_)?(?:secret_?access_?key|session_?token|api_?key|password|passwd|pwd|secret|auth_?token)"
                  + "[\"\\\\]{0,3}\\s{0,3}[=:]\\s{0,3}[\"\\\\]{0,3})[^\\s\"\\\\,;&}]{3,}+"),
          Pattern.compile(
              "(?i)"
                  + START
                  + "(key provided: [\"'`\\\\]{0,3})[^\\s\"'`\\\\]{0,400}[^\\s\"'`\\\\.]"),
          // HTTP credentials
          Pattern.compile("(?i)" + START + "(bearer\\s{1,8})[A-Za-z0-9+/=._~-]{8,}+"),
          Pattern.compile(
              "(?i)" + START + "(authorization[\"\\\\:=\\s]{1,8}basic\\s{1,8})[A-Za-z0-9+/=]{4,}+"),
          Pattern.compile("(://[^/\\s:@\"]{0,100}:)[^/\\s@\"]{1,200}(?=@)"));

  private final List<KnownSecret> secrets;

  /** Redacts these secrets; those shorter than {@link #MIN_SECRET} are ignored. */
  public Redactor(Collection<String> secrets) {
    this.secrets =
        secrets.stream()
            .filter(secret -> secret.length() >= MIN_SECRET)
            .distinct()
            .map(KnownSecret::new)
            .toList();
  }

  /** Redacts the secrets among a function's environment variables. */
  public static Redactor of(Map<String, String> environment) {
    return new Redactor(
        VARIABLES.stream().map(name -> environment.getOrDefault(name, "").strip()).toList());
  }

  /** Redacts known secrets and formats of secrets. */
  public String redact(String text) {
    String clean = JsonWebTokens.redact(redactKnown(text));
    for (Pattern format : FORMATS) {
      Matcher matcher = format.matcher(clean);
      if (matcher.find()) {
        String kept = matcher.groupCount() > 0 ? "$1" : "";
        clean = matcher.reset().replaceAll(kept + REDACTED);
      }
    }
    return clean;
  }

  /** Redacts known secrets only, in text whose words must otherwise stay. */
  public String redactKnown(String text) {
    if (secrets.isEmpty() || text.isEmpty()) {
      return text;
    }
    DecodedText decoded = new DecodedText(text);
    for (KnownSecret secret : secrets) {
      secret.mark(decoded);
    }
    return decoded.redacted();
  }

  /**
   * Redacts every string of a JSON value, and the names of its fields.
   *
   * @param exempt names of fields whose text was redacted before, such as shell commands, whose
   *     quotes must stay
   * @return a copy
   */
  public JsonNode redact(JsonNode value, Predicate<String> exempt) {
    return copy(
        value,
        this::redact,
        exempt,
        leaf -> leaf instanceof TextNode text ? TextNode.valueOf(redact(text.textValue())) : leaf);
  }

  /** Redacts known secrets in every string, number and field name of a JSON value. */
  public JsonNode redactKnown(JsonNode value) {
    return copy(
        value,
        this::redactKnown,
        _ -> false,
        leaf -> {
          String text = leaf.asText();
          String clean = redactKnown(text);
          return clean.equals(text) ? leaf : TextNode.valueOf(clean);
        });
  }

  /** Copies a JSON value with other names and leaves, except in the fields with exempt names. */
  private static JsonNode copy(
      JsonNode value,
      UnaryOperator<String> names,
      Predicate<String> exempt,
      UnaryOperator<JsonNode> leaves) {
    return switch (value) {
      case ObjectNode object -> {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        object
            .properties()
            .forEach(
                field ->
                    copy.set(
                        names.apply(field.getKey()),
                        exempt.test(field.getKey())
                            ? field.getValue()
                            : copy(field.getValue(), names, exempt, leaves)));
        yield copy;
      }
      case ArrayNode array -> {
        ArrayNode copy = JsonNodeFactory.instance.arrayNode(array.size());
        array.forEach(item -> copy.add(copy(item, names, exempt, leaves)));
        yield copy;
      }
      default -> leaves.apply(value);
    };
  }
}
