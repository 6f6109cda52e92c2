package arena.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** AWS's unit prices, from a file that records the source and month of each. */
final class UnitPrices {
  /** The file, from the project's folder. */
  static final Path FILE = Path.of("functions", "prices.csv");

  private static final String HEADER = "key,usd,per,unit,region,source,found,as_of";

  private final Map<String, Price> prices;

  private UnitPrices(Map<String, Price> prices) {
    this.prices = prices;
  }

  /**
   * A price.
   *
   * @param usd US dollars for {@code per} units
   * @param unit name of the unit, singular
   * @param region the AWS region
   * @param source the page that states it
   * @param found {@code page} for a copy of that page, {@code quoted} for a text that quotes it
   * @param asOf the month of that copy or text, if it has a date
   */
  record Price(
      double usd,
      long per,
      String unit,
      String region,
      String source,
      String found,
      Optional<YearMonth> asOf) {
    double dollars(double quantity) {
      return quantity * usd / per;
    }
  }

  /**
   * Reads a price file.
   *
   * @throws IllegalArgumentException if a line is invalid
   */
  static UnitPrices read(Path file) {
    try {
      List<String> lines =
          Files.readAllLines(file).stream()
              .filter(line -> !line.startsWith("#") && !line.isBlank())
              .toList();
      if (!lines.getFirst().equals(HEADER)) {
        throw new IllegalArgumentException(file + ": the first line must be " + HEADER);
      }
      Map<String, Price> prices = new TreeMap<>();
      for (String line : lines.subList(1, lines.size())) {
        String[] cells = line.split(",", -1);
        if (cells.length != 8 || prices.put(cells[0], price(cells)) != null) {
          throw new IllegalArgumentException(file + ": invalid or repeated line: " + line);
        }
      }
      return new UnitPrices(Collections.unmodifiableMap(prices));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the prices " + file, e);
    }
  }

  private static Price price(String[] cells) {
    return new Price(
        Double.parseDouble(cells[1]),
        Long.parseLong(cells[2]),
        cells[3],
        cells[4],
        cells[5],
        cells[6],
        cells[7].isEmpty() ? Optional.empty() : Optional.of(YearMonth.parse(cells[7])));
  }

  /** All prices by key. */
  Map<String, Price> all() {
    return prices;
  }

  /**
   * Returns a price.
   *
   * @throws IllegalArgumentException if the file does not have it
   */
  Price get(String key) {
    Price price = prices.get(key);
    if (price == null) {
      throw new IllegalArgumentException("no price for " + key);
    }
    return price;
  }
}
