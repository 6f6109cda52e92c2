package arena.local.sql;

import arena.json.Json;
import arena.local.TextTable;
import arena.text.PlainText;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints the rows of a query. Only the table is cleaned for a terminal; files get all bytes. */
final class QueryResult {
  /** Rows of a table; CSV and JSON lines have no limit. */
  static final int MAX_TABLE_ROWS = 1_000;

  private QueryResult() {}

  /** Prints an aligned table. */
  static void table(ResultSet rows, PrintStream out) throws SQLException {
    List<String> names = names(rows);
    TextTable table = new TextTable(names);
    boolean more = false;
    while (!more && rows.next()) {
      more = table.size() == MAX_TABLE_ROWS;
      if (!more) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 1; i <= names.size(); i++) {
          values.add(rows.getObject(i));
        }
        table.add(values);
      }
    }
    table.lines().forEach(out::println);
    if (more) {
      out.printf(Locale.ROOT, "… more than %d rows: add LIMIT, --csv or --json%n", MAX_TABLE_ROWS);
    }
  }

  /** Prints CSV with a header line (RFC 4180). */
  static void csv(ResultSet rows, PrintStream out) throws SQLException {
    List<String> names = names(rows);
    out.print(String.join(",", names.stream().map(QueryResult::field).toList()) + "\r\n");
    while (rows.next()) {
      List<String> fields = new ArrayList<>();
      for (int i = 1; i <= names.size(); i++) {
        Object value = rows.getObject(i);
        fields.add(value == null ? "" : field(value.toString()));
      }
      out.print(String.join(",", fields) + "\r\n");
    }
  }

  private static String field(String text) {
    return text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
        ? '"' + text.replace("\"", "\"\"") + '"'
        : text;
  }

  /** Prints a JSON object a line. */
  static void json(ResultSet rows, PrintStream out) throws SQLException {
    List<String> names = names(rows);
    while (rows.next()) {
      ObjectNode line = Json.object();
      for (int i = 0; i < names.size(); i++) {
        put(line, names.get(i), rows.getObject(i + 1));
      }
      out.println(PlainText.escaped(line.toString()));
    }
  }

  private static void put(ObjectNode line, String name, @Nullable Object value) {
    switch (value) {
      case null -> line.putNull(name);
      case Boolean truth -> line.put(name, truth);
      case Double number -> line.put(name, number);
      case Float number -> line.put(name, number);
      case Number number -> line.put(name, new BigDecimal(number.toString()));
      default -> line.put(name, value.toString());
    }
  }

  private static List<String> names(ResultSet rows) throws SQLException {
    ResultSetMetaData data = rows.getMetaData();
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= data.getColumnCount(); i++) {
      names.add(PlainText.line(data.getColumnLabel(i)));
    }
    return names;
  }
}
