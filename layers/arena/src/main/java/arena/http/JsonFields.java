package arena.http;

import arena.run.Limits;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * The fields of one JSON object in a request. Nothing is converted or guessed: a number is no text,
 * 3.0 is no whole number, {@code null} is not the same as absent, and a field that no request has
 * is refused.
 */
final class JsonFields {
  /** Deepest nesting that is read: more than any request has, and little enough for any stack. */
  private static final int MAX_DEPTH = 8;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          // what is too long for its field is better refused by its field
                          .maxNumberLength(Limits.MAX_BODY_BYTES)
                          .maxNameLength(Limits.MAX_BODY_BYTES)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final JsonNode object;
  private final String path;

  private JsonFields(JsonNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /**
   * Reads a body.
   *
   * @throws ApiException 400 if it is not JSON, 422 if it is not an object or has a field that is
   *     not among these
   */
  static JsonFields read(String json, List<String> known) {
    JsonNode node;
    try {
      node = MAPPER.readTree(json);
    } catch (StreamConstraintsException e) {
      throw ApiException.tooDeep(MAX_DEPTH);
    } catch (JsonProcessingException e) {
      throw ApiException.badJson("the body is not JSON" + where(e.getLocation()));
    }
    if (node.isMissingNode()) {
      throw ApiException.badJson("the body is empty; it must be a JSON object");
    }
    return of(node, "body", "", known);
  }

  /** The object in this field, if the field is there. */
  Optional<JsonFields> object(String name, List<String> known) {
    return Optional.ofNullable(object.get(name))
        .map(node -> of(node, path + name, path + name + ".", known));
  }

  /** The number in this field, if the field is there. */
  Optional<Double> number(String name, double min, double max) {
    String limit = String.format(Locale.ROOT, "%.0f to %.0f", min, max);
    return value(
        name,
        "a number",
        limit,
        node -> {
          // what is too large for a double is infinite here, and so out of range; -0.0 becomes 0.0
          double number = node.isNumber() ? node.doubleValue() + 0.0 : Double.NaN;
          return number >= min && number <= max ? Optional.of(number) : Optional.empty();
        });
  }

  /** The whole number in this field, if the field is there; 3.0 is none. */
  Optional<Integer> whole(String name, int min, int max) {
    return value(
        name,
        "a whole number",
        min + " to " + max,
        node ->
            node.isIntegralNumber()
                    && node.canConvertToInt()
                    && node.intValue() >= min
                    && node.intValue() <= max
                ? Optional.of(node.intValue())
                : Optional.empty());
  }

  /** The text in this field, if the field is there: no control characters, no line breaks. */
  Optional<String> text(String name, int min, int max) {
    return word(
        name,
        "a text without control characters",
        (min == 0 ? "at most " + max : min + " to " + max) + " characters",
        text ->
            TextLimits.plain(text)
                    && TextLimits.length(text) >= min
                    && TextLimits.length(text) <= max
                ? Optional.of(text)
                : Optional.empty());
  }

  /**
   * The word in this field, if the field is there.
   *
   * @param limit which words there are, for the error
   * @param meaning what the word stands for; empty if it is none of them
   */
  <T> Optional<T> word(
      String name, String kind, String limit, Function<String, Optional<T>> meaning) {
    return value(
        name,
        kind,
        limit,
        node -> node.isTextual() ? meaning.apply(node.textValue()) : Optional.empty());
  }

  /** The error that says that a field is missing. */
  ApiException missing(String name, String kind) {
    return ApiException.invalidField(
        path + name, "required", "%s%s is missing: %s".formatted(path, name, kind));
  }

  private <T> Optional<T> value(
      String name, String kind, String limit, Function<JsonNode, Optional<T>> meaning) {
    JsonNode node = object.get(name);
    if (node == null) {
      return Optional.empty();
    }
    Optional<T> value = meaning.apply(node);
    if (value.isEmpty()) {
      throw ApiException.invalidField(
          path + name, limit, "%s%s must be %s: %s".formatted(path, name, kind, limit));
    }
    return value;
  }

  private static JsonFields of(JsonNode node, String name, String path, List<String> known) {
    if (!node.isObject()) {
      throw ApiException.invalidField(name, "an object", name + " must be a JSON object");
    }
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                String unknown = path + TextLimits.echo(field);
                throw ApiException.invalidField(
                    unknown,
                    "one of " + String.join(", ", known),
                    unknown + " is not a field of this request");
              }
            });
    return new JsonFields(node, path);
  }

  private static String where(JsonLocation location) {
    return location == null
        ? ""
        : String.format(
            Locale.ROOT, ", at line %d, column %d", location.getLineNr(), location.getColumnNr());
  }
}
