package arena.acceptance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A query of CloudWatch Logs Insights, in as much of its language as the template's queries use:
 * {@code fields}, {@code filter}, {@code stats … by}, {@code sort}, {@code limit}. What it does not
 * know it refuses, so that no query is thought to work because it was not understood.
 */
final class LogQuery {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int MAX_LIMIT = 10_000;
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:\"([^\"]*)\"|/((?:[^/\\\\]|\\\\.)+)/|(-?\\d+(?:\\.\\d+)?[smhd]?)|([@\\w][\\w.@]*)|(!=|<=|>=|[=<>(),|*\\[\\]]))");

  /** One line of a log. */
  record Line(long time, String log, String message) {
    private JsonNode fields() {
      try {
        return MAPPER.readTree(message);
      } catch (JsonProcessingException e) {
        return MissingNode.getInstance();
      }
    }
  }

  private enum Kind {
    TEXT,
    REGEX,
    NUMBER,
    WORD,
    SIGN,
    END
  }

  private record Token(Kind kind, String text) {}

  /** A line while it is asked about, or a row of a result: values by name. */
  private interface Row {
    Object get(String name);
  }

  private interface Source {
    Object of(Row row);
  }

  private record Column(String name, Source source) {}

  private record Aggregate(String name, Function<List<Row>, Object> over) {}

  private interface Command {
    List<Row> apply(List<Row> rows);
  }

  private final List<Token> tokens = new ArrayList<>();
  private final List<Command> commands = new ArrayList<>();
  private List<String> columns = List.of("@timestamp", "@message");
  private int at;

  private LogQuery(String text) {
    Matcher matcher = TOKEN.matcher(text);
    int end = 0;
    while (end < text.stripTrailing().length()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw new IllegalArgumentException("not understood: " + text.substring(end));
      }
      Kind[] kinds = Kind.values();
      for (int group = 1; group <= 5; group++) {
        if (matcher.group(group) != null) {
          tokens.add(new Token(kinds[group - 1], matcher.group(group)));
        }
      }
      end = matcher.end();
    }
    do {
      commands.add(command());
    } while (take("|"));
    if (peek().kind() != Kind.END) {
      throw unknown("the end or |");
    }
  }

  /** Reads a query. */
  static LogQuery read(String text) {
    return new LogQuery(text);
  }

  /** Its rows over these lines: what it shows, by the columns' names. */
  List<Map<String, Object>> run(List<Line> lines) {
    List<Row> rows = new ArrayList<>();
    for (Line line : lines) {
      JsonNode fields = line.fields();
      rows.add(name -> value(line, fields, name));
    }
    for (Command command : commands) {
      rows = command.apply(rows);
    }
    List<Map<String, Object>> shown = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> one = new LinkedHashMap<>();
      columns.forEach(column -> one.put(column, row.get(column)));
      shown.add(one);
    }
    return shown;
  }

  private static Object value(Line line, JsonNode fields, String name) {
    return switch (name) {
      case "@timestamp" -> line.time();
      case "@message" -> line.message();
      case "@log" -> line.log();
      default -> {
        JsonNode field = fields.at("/" + name.replace('.', '/'));
        if (field.isNumber()) {
          yield field.doubleValue();
        }
        yield field.isValueNode() && !field.isNull() ? field.asText() : null;
      }
    };
  }

  // ---- tokens

  private Token peek() {
    return at < tokens.size() ? tokens.get(at) : new Token(Kind.END, "");
  }

  private Token next() {
    Token token = peek();
    at++;
    return token;
  }

  private boolean take(String text) {
    Token token = peek();
    if (token.text().equals(text) && (token.kind() == Kind.WORD || token.kind() == Kind.SIGN)) {
      at++;
      return true;
    }
    return false;
  }

  private void need(String text) {
    if (!take(text)) {
      throw unknown(text);
    }
  }

  private String need(Kind kind) {
    if (peek().kind() != kind) {
      throw unknown("a " + kind);
    }
    return next().text();
  }

  private IllegalArgumentException unknown(String expected) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "expected %s, not '%s' (token %d of %s)",
            expected,
            peek().text(),
            at,
            tokens));
  }

  // ---- commands

  private Command command() {
    return switch (need(Kind.WORD)) {
      case "fields" -> fields();
      case "filter" -> {
        Predicate<Row> wanted = either();
        yield rows -> rows.stream().filter(wanted).toList();
      }
      case "stats" -> stats();
      case "sort" -> sort();
      case "limit" -> {
        int limit = Integer.parseInt(need(Kind.NUMBER));
        if (limit < 1 || limit > MAX_LIMIT) {
          throw new IllegalArgumentException("a limit is from 1 to " + MAX_LIMIT);
        }
        yield rows -> rows.subList(0, Math.min(limit, rows.size()));
      }
      default -> {
        at--;
        throw unknown("a command that is known here");
      }
    };
  }

  private Command fields() {
    List<String> names = new ArrayList<>();
    do {
      names.add(need(Kind.WORD));
    } while (take(","));
    columns = names;
    return rows -> rows;
  }

  private Command sort() {
    String name = need(Kind.WORD);
    boolean descending = take("desc");
    if (!descending) {
      need("asc");
    }
    Comparator<Row> order = Comparator.comparing(row -> row.get(name), LogQuery::compare);
    return rows -> rows.stream().sorted(descending ? order.reversed() : order).toList();
  }

  private Command stats() {
    List<Aggregate> aggregates = new ArrayList<>();
    do {
      aggregates.add(aggregate());
    } while (take(","));
    List<Column> groups = new ArrayList<>();
    if (take("by")) {
      do {
        groups.add(group());
      } while (take(","));
    }
    List<String> shown = new ArrayList<>();
    aggregates.forEach(one -> shown.add(one.name()));
    groups.forEach(one -> shown.add(one.name()));
    columns = shown;
    return rows -> {
      Map<List<Object>, List<Row>> divided =
          rows.stream()
              .collect(
                  Collectors.groupingBy(
                      row -> {
                        List<Object> key = new ArrayList<>();
                        groups.forEach(group -> key.add(group.source().of(row)));
                        return key;
                      },
                      LinkedHashMap::new,
                      Collectors.toList()));
      List<Row> results = new ArrayList<>();
      divided.forEach(
          (key, members) -> {
            Map<String, Object> result = new LinkedHashMap<>();
            aggregates.forEach(one -> result.put(one.name(), one.over().apply(members)));
            for (int i = 0; i < groups.size(); i++) {
              result.put(groups.get(i).name(), key.get(i));
            }
            results.add(result::get);
          });
      return results;
    };
  }

  private Column group() {
    String name = need(Kind.WORD);
    if (!name.equals("bin")) {
      return new Column(name, row -> row.get(name));
    }
    need("(");
    String span = need(Kind.NUMBER);
    need(")");
    if (!span.matches("\\d+m")) {
      throw new IllegalArgumentException("bin takes minutes here, not " + span);
    }
    long milliseconds = 60_000L * Long.parseLong(span.substring(0, span.length() - 1));
    return new Column(
        "bin(" + span + ")", row -> (Long) row.get("@timestamp") / milliseconds * milliseconds);
  }

  private Aggregate aggregate() {
    String function = need(Kind.WORD);
    need("(");
    if (function.equals("count") && take("*")) {
      need(")");
      return new Aggregate(alias("count(*)"), rows -> (double) rows.size());
    }
    String field = need(Kind.WORD);
    double percent = 0;
    if (function.equals("pct")) {
      need(",");
      percent = Double.parseDouble(need(Kind.NUMBER));
    }
    need(")");
    double share = percent / 100;
    Function<List<Object>, Object> over =
        switch (function) {
          case "count" -> values -> (double) values.size();
          case "count_distinct" -> values -> (double) values.stream().distinct().count();
          case "sum" -> values -> values.stream().mapToDouble(LogQuery::number).sum();
          case "max" -> values -> values.stream().max(LogQuery::compare).orElse(null);
          case "min" -> values -> values.stream().min(LogQuery::compare).orElse(null);
          case "pct" ->
              values ->
                  values.isEmpty()
                      ? null
                      : values.stream()
                          .sorted(LogQuery::compare)
                          .toList()
                          .get((int) Math.ceil(share * (values.size() - 1)));
          default -> throw new IllegalArgumentException("no function known here: " + function);
        };
    return new Aggregate(
        alias(function + "(" + field + ")"),
        rows ->
            over.apply(rows.stream().map(row -> row.get(field)).filter(Objects::nonNull).toList()));
  }

  private String alias(String otherwise) {
    return take("as") ? need(Kind.WORD) : otherwise;
  }

  // ---- conditions

  private Predicate<Row> either() {
    Predicate<Row> condition = both();
    while (take("or")) {
      condition = condition.or(both());
    }
    return condition;
  }

  private Predicate<Row> both() {
    Predicate<Row> condition = one();
    while (take("and")) {
      condition = condition.and(one());
    }
    return condition;
  }

  private Predicate<Row> one() {
    if (take("not")) {
      return one().negate();
    }
    if (take("(")) {
      Predicate<Row> condition = either();
      need(")");
      return condition;
    }
    String name = need(Kind.WORD);
    if (name.equals("ispresent")) {
      need("(");
      String field = need(Kind.WORD);
      need(")");
      return row -> row.get(field) != null;
    }
    if (take("in")) {
      need("[");
      List<String> values = new ArrayList<>();
      do {
        values.add(need(Kind.TEXT));
      } while (take(","));
      need("]");
      return row -> values.contains(text(row.get(name)));
    }
    if (take("like")) {
      Token token = next();
      return switch (token.kind()) {
        case TEXT -> row -> text(row.get(name)).contains(token.text());
        case REGEX -> {
          Pattern pattern = Pattern.compile(token.text());
          yield row -> pattern.matcher(text(row.get(name))).find();
        }
        default -> throw unknown("a text or /a pattern/");
      };
    }
    return comparison(name);
  }

  private Predicate<Row> comparison(String name) {
    String sign = need(Kind.SIGN);
    Token token = next();
    if (token.kind() == Kind.TEXT) {
      return switch (sign) {
        case "=" -> row -> text(row.get(name)).equals(token.text());
        case "!=" -> row -> !text(row.get(name)).equals(token.text());
        default -> throw new IllegalArgumentException("no comparison of texts: " + sign);
      };
    }
    if (token.kind() != Kind.NUMBER) {
      throw unknown("a text or a number");
    }
    double wanted = Double.parseDouble(token.text());
    Predicate<Double> holds =
        switch (sign) {
          case "=" -> value -> value == wanted;
          case "!=" -> value -> value != wanted;
          case "<" -> value -> value < wanted;
          case ">" -> value -> value > wanted;
          case "<=" -> value -> value <= wanted;
          case ">=" -> value -> value >= wanted;
          default -> throw new IllegalArgumentException("no comparison: " + sign);
        };
    return row -> row.get(name) != null && holds.test(number(row.get(name)));
  }

  private static String text(Object value) {
    return Optional.ofNullable(value).map(Object::toString).orElse("");
  }

  private static double number(Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  private static int compare(Object one, Object other) {
    if (one instanceof Number && other instanceof Number) {
      return Double.compare(number(one), number(other));
    }
    return text(one).compareTo(text(other));
  }
}
