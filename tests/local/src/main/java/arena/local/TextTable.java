package arena.local;

import arena.text.PlainText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table with aligned columns for a terminal. Values are one line each and only plain text. */
public final class TextTable {
  /** Width of a cell, in code points; longer values are cut off. */
  private static final int MAX_CELL = 60;

  private final List<List<String>> lines = new ArrayList<>();
  private final boolean[] right;

  /** Creates a table with a line of titles. */
  public TextTable(List<String> titles) {
    right = new boolean[titles.size()];
    Arrays.fill(right, true);
    lines.add(titles.stream().map(TextTable::cell).toList());
  }

  /**
   * Adds a line. A column is aligned to the right if all its values are numbers.
   *
   * @param values as many as titles; null for an empty cell
   */
  public void add(List<?> values) {
    List<String> line = new ArrayList<>();
    for (int i = 0; i < right.length; i++) {
      Object value = values.get(i);
      right[i] &= value == null || value instanceof Number;
      line.add(value == null ? "" : cell(value.toString()));
    }
    lines.add(line);
  }

  /** The number of lines below the titles. */
  public int size() {
    return lines.size() - 1;
  }

  /** The lines of the table, without trailing spaces. */
  public List<String> lines() {
    int[] widths = new int[right.length];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], length(line.get(i)));
      }
    }
    List<String> text = new ArrayList<>();
    for (List<String> line : lines) {
      StringBuilder row = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String gap = " ".repeat(widths[i] - length(line.get(i)));
        row.append(i == 0 ? "" : "  ");
        row.append(right[i] ? gap + line.get(i) : line.get(i) + gap);
      }
      text.add(row.toString().stripTrailing());
    }
    return text;
  }

  private static String cell(String value) {
    String clean = PlainText.line(value);
    return length(clean) <= MAX_CELL
        ? clean
        : clean.substring(0, clean.offsetByCodePoints(0, MAX_CELL - 1)) + "…";
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
