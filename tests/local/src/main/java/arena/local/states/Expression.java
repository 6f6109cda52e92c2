package arena.local.states;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JSONata expression. It is parsed for each evaluation, because the library's parsed expressions
 * keep state of earlier evaluations.
 */
final class Expression {
  /** Timeout of one evaluation, in milliseconds. */
  private static final long MAX_MILLIS = 5_000;

  /** Recursion limit of one evaluation. */
  private static final int MAX_DEPTH = 300;

  /**
   * Functions that AWS adds to JSONata or removes from it, and the context object except the number
   * of retries, the execution's input, and the item of a Map.
   */
  private static final Pattern UNSUPPORTED =
      Pattern.compile(
          "\\$((?:partition|range|hash|random|uuid|eval)(?=\\s*\\()"
              + "|states\\.context(?!\\.(?:State\\.RetryCount|Execution\\.Input"
              + "|Map\\.Item\\.(?:Value|Index))\\b))");

  private final String source;
  private final String where;

  private Expression(String source, String where) {
    this.source = source;
    this.where = where;
  }

  /** Parses an expression; rejects by name what is not supported. */
  static Expression read(String source, String where) {
    Matcher unsupported = UNSUPPORTED.matcher(source);
    if (unsupported.find()) {
      throw new InvalidDefinition(
          String.format(Locale.ROOT, "%s: $%s is not supported", where, unsupported.group(1)));
    }
    try {
      Jsonata.jsonata(source);
    } catch (RuntimeException e) {
      throw new InvalidDefinition(where + ": " + e.getMessage() + " in: " + source.strip());
    }
    return new Expression(source, where);
  }

  /**
   * Returns its value, as maps, lists and scalars. An expression without a value is an error, as
   * with AWS.
   *
   * @throws StateError {@code States.QueryEvaluationError}
   */
  Object evaluate(Scope scope) throws StateError {
    try {
      Object value = run(source, scope);
      if (value != null) {
        return plain(value, 0);
      }
      // The library returns null both for no value and for null; within an object they differ.
      if (run("{\"value\": (" + source + "\n)}", scope) instanceof Map<?, ?> map
          && map.containsKey("value")) {
        return null;
      }
    } catch (JException | IllegalArgumentException | StackOverflowError e) {
      throw failed(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
    throw failed("the expression has no value");
  }

  private StateError failed(String reason) {
    return new StateError(
        StateError.QUERY,
        String.format(
            Locale.ROOT, "The JSONata expression '%s' (%s): %s", source.strip(), where, reason));
  }

  private static Object run(String source, Scope scope) {
    Jsonata expression = Jsonata.jsonata(source);
    Jsonata.Frame frame = expression.createFrame();
    frame.setRuntimeBounds(MAX_MILLIS, MAX_DEPTH);
    frame.bind("states", scope.states());
    frame.bind("parse", (Jsonata.Fn1<Object, Object>) Expression::parse);
    frame.bind("substring", new Jsonata.JFunction((_, given) -> substring(given), "<s-nn?:s>"));
    return expression.evaluate(null, frame);
  }

  /** Implements AWS's function {@code $parse}, which parses a JSON text. */
  private static Object parse(Object text) {
    if (!(text instanceof String json)) {
      throw new IllegalArgumentException("$parse takes a string");
    }
    try {
      return Json.read(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("$parse: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Implements {@code $substring}, which counts characters beyond the basic plane as one. The
   * library's throws for a text with such characters if the end is beyond that of the text.
   */
  private static String substring(List<?> given) {
    if (!(given.get(0) instanceof String text)) {
      return null; // no value
    }
    long count = text.codePointCount(0, text.length());
    long start = ((Number) given.get(1)).longValue();
    start = start < 0 ? Math.max(0, count + start) : Math.min(start, count);
    long end = count;
    if (given.size() > 2 && given.get(2) instanceof Number length) {
      end = Math.clamp(start + length.longValue(), start, count);
    }
    return text.substring(
        text.offsetByCodePoints(0, (int) start), text.offsetByCodePoints(0, (int) end));
  }

  /** Copies a value, so that a later evaluation cannot change it. */
  private static Object plain(Object value, int depth) {
    if (depth > JsonTemplate.MAX_DEPTH) {
      throw new IllegalArgumentException("the value nests deeper than " + JsonTemplate.MAX_DEPTH);
    }
    return switch (value) {
      case null -> null;
      case String text -> text;
      case Boolean truth -> truth;
      case Double number when !Double.isFinite(number) ->
          throw new IllegalArgumentException("the value is not a finite number");
      case Number number -> number;
      case Map<?, ?> map -> {
        Map<String, Object> fields = new LinkedHashMap<>();
        map.forEach((name, field) -> fields.put(String.valueOf(name), plain(field, depth + 1)));
        yield fields;
      }
      case List<?> list -> {
        List<Object> items = new ArrayList<>(list.size());
        for (Object item : list) {
          items.add(plain(item, depth + 1));
        }
        yield items;
      }
      default -> {
        if (Jsonata.NULL_VALUE.equals(value)) {
          yield null;
        }
        throw new IllegalArgumentException("the value is a function");
      }
    };
  }
}
