package arena.local.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A filter pattern of CloudWatch Logs. Supported are terms ({@code word "two words" -not ?one
 * ?other}) and comparisons of fields in JSON lines ({@code { $.run_id = "…" && $.level != "INFO"
 * }}).
 */
@FunctionalInterface
interface FilterPattern {
  /** CloudWatch's longest pattern, in characters. */
  int MAX_LENGTH = 1_024;

  /** Returns whether a line matches. */
  boolean matches(String line);

  /**
   * Parses a pattern; an empty one matches every line.
   *
   * @throws IllegalArgumentException if it is invalid or not supported
   */
  static FilterPattern read(String pattern) {
    String text = pattern.strip();
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "the filter pattern is longer than " + MAX_LENGTH + " characters");
    }
    return text.startsWith("{") ? Json.read(text) : Terms.read(text);
  }

  /** Matches terms anywhere in a line. */
  record Terms(List<String> all, List<String> any, List<String> none) implements FilterPattern {
    private static final Pattern TERM =
        Pattern.compile("\\s*([-?]?)(?:\"((?:[^\"\\\\]|\\\\.)+)\"|(\\w+))(?=\\s|$)");

    private static Terms read(String text) {
      Terms terms = new Terms(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      Matcher matcher = TERM.matcher(text);
      int end = 0;
      while (end < text.length()) {
        if (!matcher.find(end) || matcher.start() != end) {
          throw new IllegalArgumentException(
              "invalid term in the filter pattern: " + text.substring(end));
        }
        String word =
            matcher.group(2) == null
                ? matcher.group(3)
                : matcher.group(2).replaceAll("\\\\(.)", "$1");
        switch (matcher.group(1)) {
          case "-" -> terms.none.add(word);
          case "?" -> terms.any.add(word);
          default -> terms.all.add(word);
        }
        end = matcher.end();
      }
      return terms;
    }

    @Override
    public boolean matches(String line) {
      return all.stream().allMatch(line::contains)
          && none.stream().noneMatch(line::contains)
          && (any.isEmpty() || any.stream().anyMatch(line::contains));
    }
  }

  /** Matches fields of a JSON line; all comparisons must hold. */
  record Json(List<Comparison> comparisons) implements FilterPattern {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Pattern COMPARISON =
        Pattern.compile("\\s*\\$\\.([\\w.]+)\\s*(!?=)\\s*(?:\"([^\"]*)\"|([\\w.]+))\\s*");

    /**
     * Values that appear in a line as they are, if at all; numbers can be written in other ways.
     */
    private static final Pattern VERBATIM = Pattern.compile("[\\w-]*[a-zA-Z_][\\w-]*");

    record Comparison(String pointer, boolean equal, String value, boolean verbatim) {
      Comparison(String pointer, boolean equal, String value) {
        this(pointer, equal, value, VERBATIM.matcher(value).matches());
      }

      /** Whether a line cannot fulfil this, which is faster than to parse it. */
      boolean excludes(String line) {
        return equal && verbatim && !line.contains(value) && !line.contains("\\u");
      }
    }

    private static Json read(String text) {
      if (!text.endsWith("}")) {
        throw new IllegalArgumentException("a JSON filter pattern must end with a brace: " + text);
      }
      List<Comparison> comparisons = new ArrayList<>();
      for (String part : text.substring(1, text.length() - 1).split("&&", -1)) {
        Matcher matcher = COMPARISON.matcher(part);
        if (!matcher.matches()) {
          throw new IllegalArgumentException(
              "unsupported comparison in the filter pattern (example: $.run_id = \"…\"): "
                  + part.strip());
        }
        comparisons.add(
            new Comparison(
                "/" + matcher.group(1).replace('.', '/'),
                matcher.group(2).equals("="),
                matcher.group(3) == null ? matcher.group(4) : matcher.group(3)));
      }
      return new Json(List.copyOf(comparisons));
    }

    @Override
    public boolean matches(String line) {
      if (comparisons.stream().anyMatch(comparison -> comparison.excludes(line))) {
        return false;
      }
      JsonNode fields;
      try {
        fields = MAPPER.readTree(line);
      } catch (JsonProcessingException e) {
        return false;
      }
      return comparisons.stream()
          .allMatch(
              comparison -> {
                JsonNode field = fields.at(comparison.pointer());
                return field.isValueNode()
                    && field.asText().equals(comparison.value()) == comparison.equal();
              });
    }
  }
}
