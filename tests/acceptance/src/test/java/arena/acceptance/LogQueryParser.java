package arena.acceptance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A recursive-descent parser of {@link LogQuery}. */
final class LogQueryParser {
  private static final int MAX_LIMIT = 10_000;
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:\"([^\"]*)\"|/((?:[^/\\\\]|\\\\.)+)/|(-?\\d+(?:\\.\\d+)?[smhd]?)|([@\\w][\\w.@]*)|(!=|<=|>=|[=<>(),|*\\[\\]]))");

  private enum Kind {
    TEXT,
    REGEX,
    NUMBER,
    WORD,
    SIGN,
    END
  }

  private record Token(Kind kind, String text) {}

  private interface Source {
    Object of(LogQuery.Row row);
  }

  private record Column(String name, Source source) {}

  private record Aggregate(String name, Function<List<LogQuery.Row>, Object> aggregation) {}

  private final List<Token> tokens = new ArrayList<>();
  private final List<LogQuery.Command> commands = new ArrayList<>();
  private List<String> columns = List.of("@timestamp", "@message");
  private int at;

  LogQueryParser(String text) {
    Matcher matcher = TOKEN.matcher(text);
    int end = 0;
    while (end < text.stripTrailing().length()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw new IllegalArgumentException("syntax error: " + text.substring(end));
      }
      Kind[] kinds = Kind.values();
      for (int group = 1; group <= 5; group++) {
        if (matcher.group(group) != null) {
          tokens.add(new Token(kinds[group - 1], matcher.group(group)));
        }
      }
      end = matcher.end();
    }
  }

  LogQuery parse() {
    do {
      commands.add(command());
    } while (accept("|"));
    if (peek().kind() != Kind.END) {
      throw syntaxError("end of query or |");
    }
    return new LogQuery(commands, columns);
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

  private boolean accept(String text) {
    Token token = peek();
    if (token.text().equals(text) && (token.kind() == Kind.WORD || token.kind() == Kind.SIGN)) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(String text) {
    if (!accept(text)) {
      throw syntaxError(text);
    }
  }

  private String expect(Kind kind) {
    if (peek().kind() != kind) {
      throw syntaxError("a " + kind);
    }
    return next().text();
  }

  private IllegalArgumentException syntaxError(String expected) {
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

  private LogQuery.Command command() {
    return switch (expect(Kind.WORD)) {
      case "fields" -> fields();
      case "filter" -> {
        Predicate<LogQuery.Row> operand = disjunction();
        yield rows -> rows.stream().filter(operand).toList();
      }
      case "stats" -> stats();
      case "sort" -> sort();
      case "limit" -> {
        int limit = Integer.parseInt(expect(Kind.NUMBER));
        if (limit < 1 || limit > MAX_LIMIT) {
          throw new IllegalArgumentException("a limit is from 1 to " + MAX_LIMIT);
        }
        yield rows -> rows.subList(0, Math.min(limit, rows.size()));
      }
      default -> {
        at--;
        throw syntaxError("a supported command");
      }
    };
  }

  private LogQuery.Command fields() {
    List<String> names = new ArrayList<>();
    do {
      names.add(expect(Kind.WORD));
    } while (accept(","));
    columns = names;
    return rows -> rows;
  }

  private LogQuery.Command sort() {
    String name = expect(Kind.WORD);
    boolean descending = accept("desc");
    if (!descending) {
      expect("asc");
    }
    Comparator<LogQuery.Row> order = Comparator.comparing(row -> row.get(name), LogQuery::compare);
    return rows -> rows.stream().sorted(descending ? order.reversed() : order).toList();
  }

  private LogQuery.Command stats() {
    List<Aggregate> aggregates = new ArrayList<>();
    do {
      aggregates.add(aggregate());
    } while (accept(","));
    List<Column> groups = new ArrayList<>();
    if (accept("by")) {
      do {
        groups.add(group());
      } while (accept(","));
    }
    List<String> columnNames = new ArrayList<>();
    aggregates.forEach(aggregate -> columnNames.add(aggregate.name()));
    groups.forEach(group -> columnNames.add(group.name()));
    columns = columnNames;
    return rows -> {
      Map<List<Object>, List<LogQuery.Row>> grouped =
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
      List<LogQuery.Row> results = new ArrayList<>();
      grouped.forEach(
          (key, members) -> {
            Map<String, Object> result = new LinkedHashMap<>();
            aggregates.forEach(
                aggregate -> result.put(aggregate.name(), aggregate.aggregation().apply(members)));
            for (int i = 0; i < groups.size(); i++) {
              result.put(groups.get(i).name(), key.get(i));
            }
            results.add(result::get);
          });
      return results;
    };
  }

  private Column group() {
    String name = expect(Kind.WORD);
    if (!name.equals("bin")) {
      return new Column(name, row -> row.get(name));
    }
    expect("(");
    String span = expect(Kind.NUMBER);
    expect(")");
    if (!span.matches("\\d+m")) {
      throw new IllegalArgumentException("bin supports minutes only, not " + span);
    }
    long milliseconds = 60_000L * Long.parseLong(span.substring(0, span.length() - 1));
    return new Column(
        "bin(" + span + ")", row -> (Long) row.get("@timestamp") / milliseconds * milliseconds);
  }

  private Aggregate aggregate() {
    String function = expect(Kind.WORD);
    expect("(");
    if (function.equals("count") && accept("*")) {
      expect(")");
      return new Aggregate(alias("count(*)"), rows -> (double) rows.size());
    }
    String field = expect(Kind.WORD);
    double percent = 0;
    if (function.equals("pct")) {
      expect(",");
      percent = Double.parseDouble(expect(Kind.NUMBER));
    }
    expect(")");
    double share = percent / 100;
    Function<List<Object>, Object> aggregation =
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
          default -> throw new IllegalArgumentException("unsupported function: " + function);
        };
    return new Aggregate(
        alias(function + "(" + field + ")"),
        rows ->
            aggregation.apply(
                rows.stream().map(row -> row.get(field)).filter(Objects::nonNull).toList()));
  }

  private String alias(String defaultName) {
    return accept("as") ? expect(Kind.WORD) : defaultName;
  }

  // ---- conditions

  private Predicate<LogQuery.Row> disjunction() {
    Predicate<LogQuery.Row> condition = conjunction();
    while (accept("or")) {
      condition = condition.or(conjunction());
    }
    return condition;
  }

  private Predicate<LogQuery.Row> conjunction() {
    Predicate<LogQuery.Row> condition = term();
    while (accept("and")) {
      condition = condition.and(term());
    }
    return condition;
  }

  private Predicate<LogQuery.Row> term() {
    if (accept("not")) {
      return term().negate();
    }
    if (accept("(")) {
      Predicate<LogQuery.Row> condition = disjunction();
      expect(")");
      return condition;
    }
    String name = expect(Kind.WORD);
    if (name.equals("ispresent")) {
      expect("(");
      String field = expect(Kind.WORD);
      expect(")");
      return row -> row.get(field) != null;
    }
    if (accept("in")) {
      expect("[");
      List<String> values = new ArrayList<>();
      do {
        values.add(expect(Kind.TEXT));
      } while (accept(","));
      expect("]");
      return row -> values.contains(LogQuery.text(row.get(name)));
    }
    if (accept("like")) {
      Token token = next();
      return switch (token.kind()) {
        case TEXT -> row -> LogQuery.text(row.get(name)).contains(token.text());
        case REGEX -> {
          Pattern pattern = Pattern.compile(token.text());
          yield row -> pattern.matcher(LogQuery.text(row.get(name))).find();
        }
        default -> throw syntaxError("a text or /a pattern/");
      };
    }
    return comparison(name);
  }

  private Predicate<LogQuery.Row> comparison(String name) {
    String sign = expect(Kind.SIGN);
    Token token = next();
    if (token.kind() == Kind.TEXT) {
      return switch (sign) {
        case "=" -> row -> LogQuery.text(row.get(name)).equals(token.text());
        case "!=" -> row -> !LogQuery.text(row.get(name)).equals(token.text());
        default -> throw new IllegalArgumentException("unsupported comparison of strings: " + sign);
      };
    }
    if (token.kind() != Kind.NUMBER) {
      throw syntaxError("a text or a number");
    }
    double operand = Double.parseDouble(token.text());
    Predicate<Double> holds =
        switch (sign) {
          case "=" -> value -> value == operand;
          case "!=" -> value -> value != operand;
          case "<" -> value -> value < operand;
          case ">" -> value -> value > operand;
          case "<=" -> value -> value <= operand;
          case ">=" -> value -> value >= operand;
          default -> throw new IllegalArgumentException("unsupported comparison: " + sign);
        };
    return row -> row.get(name) != null && holds.test(LogQuery.number(row.get(name)));
  }
}
