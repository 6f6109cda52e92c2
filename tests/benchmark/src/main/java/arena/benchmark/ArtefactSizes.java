package arena.benchmark;

import arena.local.lambda.FunctionDefinition;
import arena.packaged.ArtefactSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Measures the zipped size of each function with its layers. */
final class ArtefactSizes implements Measurement {
  private static final double MEGABYTE = 1_000_000;

  @Override
  public String title() {
    return "size of each function with its layers";
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    List<Row> rows = new ArrayList<>();
    for (String name : StartTime.functions()) {
      FunctionDefinition function = stack.function(name);
      String title = "zipped size of " + name + " with its layers";
      double megabytes = bytes(function) / MEGABYTE;
      rows.add(
          ArtefactSize.hasDuckDb(function)
              ? Row.amount(title, megabytes, "MB", "with DuckDB")
              : Row.atMost(title, megabytes, "MB", ArtefactSize.LIMIT / MEGABYTE));
    }
    return rows;
  }

  private static long bytes(FunctionDefinition function) {
    try {
      return ArtefactSize.of(function);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
