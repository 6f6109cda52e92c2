package arena.local.states;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An expression in JSONata. It is parsed anew for each evaluation: a parsed one keeps what earlier
 * evaluations left in it.
 */
final class Expression {
  /** How long one evaluation may take, in milliseconds. */
  private static final long MAX_MILLIS = 5_000;

  /** How deep one evaluation may call itself. */
  private static final int MAX_DEPTH = 300;

  /** Functions that AWS adds to JSONata, or takes from it, and that are not here. */
  private static final Pattern MISSING =
      Pattern.compile("\\$(partition|range|hash|random|uuid|eval)\\s*\\(");

  private final String source;
  private final String where;

  private Expression(String source, String where) {
    this.source = source;
    this.where = where;
  }

  /** Refuses what does not parse, and functions that are not here. */
  static Expression read(String source, String where) {
    Matcher missing = MISSING.matcher(source);
    if (missing.find()) {
      throw new DefinitionRefused(
          "%s: the function $%s is not supported".formatted(where, missing.group(1)));
    }
    try {
      Jsonata.jsonata(source);
    } catch (RuntimeException e) {
      throw new DefinitionRefused(where + ": " + e.getMessage() + " in: " + source.strip());
    }
    return new Expression(source, where);
  }

  /**
   * Its value, as maps, lists and scalars. That there is none is an error, as it is with AWS.
   *
   * @throws StateError {@code States.QueryEvaluationError}
   */
  Object evaluate(Scope scope) throws StateError {
    try {
      Object value = run(source, scope);
      if (value != null) {
        return plain(value, 0);
      }
      // The library answers null for nothing and for null alike; in an object they differ.
      if (run("{\"value\": (" + source + "\n)}", scope) instanceof Map<?, ?> map
          && map.containsKey("value")) {
        return null;
      }
    } catch (JException | IllegalArgumentException | StackOverflowError e) {
      throw failed(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
    throw failed("the expression has no value");
  }

  private StateError failed(String why) {
    return new StateError(
        StateError.QUERY,
        "The JSONata expression '%s' (%s): %s".formatted(source.strip(), where, why));
  }

  private static Object run(String source, Scope scope) {
    Jsonata expression = Jsonata.jsonata(source);
    Jsonata.Frame frame = expression.createFrame();
    frame.setRuntimeBounds(MAX_MILLIS, MAX_DEPTH);
    scope.variables().forEach(frame::bind);
    frame.bind("states", scope.states());
    frame.bind("parse", (Jsonata.Fn1<Object, Object>) Expression::parse);
    return expression.evaluate(null, frame);
  }

  /** AWS's own function {@code $parse}: the value that a JSON text says. */
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

  /** A copy that shares nothing with the library, so that a later evaluation cannot change it. */
  private static Object plain(Object value, int depth) {
    if (depth > Template.MAX_DEPTH) {
      throw new IllegalArgumentException("the value nests deeper than " + Template.MAX_DEPTH);
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
        throw new IllegalArgumentException("the value is a function, which JSON does not have");
      }
    };
  }
}
