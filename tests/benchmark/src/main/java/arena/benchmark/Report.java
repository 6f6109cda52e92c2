package arena.benchmark;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Prints rows as a table: ratios first, then amounts, then missed limits. */
final class Report {
  private final List<Row> rows;

  Report(List<Row> rows) {
    this.rows = List.copyOf(rows);
  }

  void print(PrintStream out) {
    for (Row.Kind kind : Row.Kind.values()) {
      List<Row> selected = rows.stream().filter(row -> row.kind() == kind).toList();
      selected.forEach(row -> out.println(line(row)));
      if (!selected.isEmpty()) {
        out.println();
      }
    }
    List<Row> missed = rows.stream().filter(row -> row.verdict() == Row.Verdict.MISSED).toList();
    long limits = rows.stream().filter(row -> row.verdict() != Row.Verdict.NO_LIMIT).count();
    missed.forEach(
        row ->
            out.printf("MISSED %s: %s, expected %s%n", row.what(), row.number(), row.reference()));
    out.printf(
        Locale.ROOT, "%d of %d limits met%s%n", limits - missed.size(), limits, notMeasured());
  }

  private String notMeasured() {
    long notes = rows.stream().filter(row -> row.kind() == Row.Kind.NOTE).count();
    return notes == 0 ? "" : String.format(Locale.ROOT, ", %d not checked", notes);
  }

  private String line(Row row) {
    if (row.kind() == Row.Kind.NOTE) {
      return row.what() + ": " + row.reference();
    }
    String verdict = row.verdict() == Row.Verdict.NO_LIMIT ? "" : row.verdict().name();
    return String.join(
            "  ",
            " ".repeat(width(Row::number) - row.number().length()) + row.number(),
            padded(row.unit(), width(Row::unit)),
            padded(row.what(), width(Row::what)),
            padded(verdict, Row.Verdict.MISSED.name().length()),
            row.reference())
        .stripTrailing();
  }

  private int width(Function<Row, String> column) {
    return rows.stream()
        .filter(row -> row.kind() != Row.Kind.NOTE)
        .mapToInt(row -> column.apply(row).length())
        .max()
        .orElse(0);
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
