package arena.http;

import arena.json.Integers;
import arena.json.TreeReader;
import arena.run.Limits;
import arena.text.PlainText;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Strict access to the fields of a JSON object in a request. Values are not converted: a number is
 * not a string, {@code null} is not the same as absent. Unknown fields are rejected.
 */
final class JsonFields {
  /** Maximum nesting depth; no valid request exceeds it. */
  private static final int MAX_DEPTH = 8;

  /** What a text field must be; see {@link PlainText}. */
  static final String PLAIN = "a string without control and format characters";

  private static final TreeReader READER =
      new TreeReader(
          new JsonFactoryBuilder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(MAX_DEPTH)
                      // lengths are limited per field, with an error that names the field
                      .maxNumberLength(Limits.MAX_BODY_BYTES)
                      .maxNameLength(Limits.MAX_BODY_BYTES)
                      .build())
              .build());

  private final JsonNode object;
  private final String path;

  private JsonFields(JsonNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /**
   * Parses a body.
   *
   * @throws ApiException 400 if the body is not JSON, 422 if it is not an object or has an unknown
   *     field
   */
  static JsonFields read(String json, List<String> known) {
    JsonNode node;
    try {
      node = READER.only(json);
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

  /** Returns an object field, if present. */
  Optional<JsonFields> object(String name, List<String> known) {
    return Optional.ofNullable(object.get(name))
        .map(node -> of(node, path + name, path + name + ".", known));
  }

  /**
   * Returns a list of objects, if present.
   *
   * @param min minimum number of objects
   * @param max maximum number of objects
   */
  Optional<List<JsonFields>> objects(String name, int min, int max, List<String> known) {
    return list(name, min, max, (item, itemPath) -> of(item, itemPath, itemPath + ".", known));
  }

  /**
   * Returns a list of strings converted by {@code parser}, if present; see {@link #value}.
   *
   * @param min minimum number of strings
   * @param max maximum number of strings
   */
  <T> Optional<List<T>> values(
      String name,
      int min,
      int max,
      String kind,
      String limit,
      Function<String, Optional<T>> parser) {
    return list(
        name,
        min,
        max,
        (item, itemPath) ->
            Optional.of(item)
                .filter(JsonNode::isTextual)
                .flatMap(node -> parser.apply(node.textValue()))
                .orElseThrow(
                    () ->
                        ApiException.invalidField(
                            itemPath,
                            limit,
                            "%s must be %s: %s".formatted(itemPath, kind, limit))));
  }

  private <T> Optional<List<T>> list(
      String name, int min, int max, BiFunction<JsonNode, String, T> reader) {
    String limit = min + " to " + max + " entries";
    Optional<JsonNode> list =
        convert(
            name,
            "a list",
            limit,
            node ->
                node.isArray() && node.size() >= min && node.size() <= max
                    ? Optional.of(node)
                    : Optional.empty());
    return list.map(
        node -> {
          List<T> items = new ArrayList<>();
          for (JsonNode item : node) {
            items.add(reader.apply(item, path + name + "[" + items.size() + "]"));
          }
          return items;
        });
  }

  /** Returns a truth value, if present. */
  Optional<Boolean> flag(String name) {
    return convert(
        name,
        "a boolean",
        "true or false",
        node -> node.isBoolean() ? Optional.of(node.booleanValue()) : Optional.empty());
  }

  /** Returns an integer field, if present; see {@link Integers}. */
  Optional<Long> integer(String name, long min, long max) {
    return convert(
        name,
        "an integer",
        min + " to " + max,
        node -> {
          OptionalLong number = Integers.read(node, min, max);
          return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
        });
  }

  /** The path of a field, for errors. */
  String path(String name) {
    return path + name;
  }

  /** Returns a number field, if present. */
  Optional<Double> number(String name, double min, double max) {
    return convert(
        name,
        "a number",
        plain(min) + " to " + plain(max),
        node -> {
          // overflow becomes infinite and thus out of range; -0.0 becomes 0.0
          double number = node.isNumber() ? node.doubleValue() + 0.0 : Double.NaN;
          return number >= min && number <= max ? Optional.of(number) : Optional.empty();
        });
  }

  /** Without an exponent. */
  private static String plain(double limit) {
    return BigDecimal.valueOf(limit).stripTrailingZeros().toPlainString();
  }

  /** Returns an integer field, if present; see {@link Integers}. */
  Optional<Integer> integer(String name, int min, int max) {
    return integer(name, (long) min, (long) max).map(Math::toIntExact);
  }

  /** Returns a string field without control and format characters, if present. */
  Optional<String> text(String name, int min, int max) {
    return value(
        name,
        PLAIN,
        (min == 0 ? "at most " + max : min + " to " + max) + " characters",
        text ->
            PlainText.isPlain(text)
                    && TextLimits.length(text) >= min
                    && TextLimits.length(text) <= max
                ? Optional.of(text)
                : Optional.empty());
  }

  /**
   * Returns a string field converted by {@code parser}, if present.
   *
   * @param limit the accepted values, for the error
   * @param parser returns empty for an invalid value
   */
  <T> Optional<T> value(
      String name, String kind, String limit, Function<String, Optional<T>> parser) {
    return convert(
        name,
        kind,
        limit,
        node -> node.isTextual() ? parser.apply(node.textValue()) : Optional.empty());
  }

  /** Creates the error for a missing field. */
  ApiException missing(String name, String kind) {
    return ApiException.invalidField(
        path + name, "required", "%s%s is required: %s".formatted(path, name, kind));
  }

  private <T> Optional<T> convert(
      String name, String kind, String limit, Function<JsonNode, Optional<T>> converter) {
    JsonNode node = object.get(name);
    if (node == null) {
      return Optional.empty();
    }
    Optional<T> value = converter.apply(node);
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
