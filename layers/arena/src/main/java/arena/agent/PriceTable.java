package arena.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What models cost, from a table that says where and when each price was found. A model that is not
 * in the table costs 0: one's own machine has no price list.
 */
final class PriceTable {
  /** The table in use; its date is that on which it was gathered. */
  static final String TABLE = "prices-2026-11-24.csv";

  /** Where Bedrock routes a call across regions, the id begins with a part of the world. */
  private static final Pattern REGION =
      Pattern.compile("(us|us-gov|eu|apac|ap|jp|au|ca|sa|global)\\.");

  /** OpenAI's names may end with the day of the snapshot. */
  private static final Pattern SNAPSHOT = Pattern.compile("-\\d{4}-\\d{2}-\\d{2}$");

  private static final double MILLION = 1_000_000;

  private final Map<String, Price> prices;

  private PriceTable(Map<String, Price> prices) {
    this.prices = prices;
  }

  /** US dollars for a million tokens. */
  private record Price(double input, double output) {}

  /** The table of the library. */
  static PriceTable load() {
    InputStream in = PriceTable.class.getResourceAsStream(TABLE);
    if (in == null) {
      throw new IllegalStateException("the price table " + TABLE + " is not in the library");
    }
    Map<String, Price> prices = new HashMap<>();
    try (var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<String> rows =
          lines.lines().filter(line -> !line.startsWith("#") && !line.isBlank()).skip(1).toList();
      for (String row : rows) {
        List<String> cells = List.of(row.split(",", -1));
        prices.put(
            cells.get(0),
            new Price(Double.parseDouble(cells.get(1)), Double.parseDouble(cells.get(2))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PriceTable(Map.copyOf(prices));
  }

  /** Whether the table has a price for this model, as a profile names it. */
  boolean knows(String model) {
    return find(model).isPresent();
  }

  /**
   * What a call cost, in US dollars; 0 if the price is unknown.
   *
   * @param model as a profile names it, such as {@code openai:gpt-4o-mini}
   * @param inputTokens tokens read; what is below 0 counts as 0
   * @param outputTokens tokens written; what is below 0 counts as 0
   */
  double cost(String model, long inputTokens, long outputTokens) {
    return find(model)
        .map(
            price ->
                (Math.max(0, inputTokens) * price.input + Math.max(0, outputTokens) * price.output)
                    / MILLION)
        .orElse(0.0);
  }

  private Optional<Price> find(String model) {
    return Optional.ofNullable(prices.get(model))
        .or(() -> Optional.ofNullable(prices.get(plain(model))));
  }

  /** Without what does not change the price: an ARN's beginning, a region, a snapshot's day. */
  private static String plain(String model) {
    int colon = model.indexOf(':');
    String scheme = model.substring(0, colon + 1);
    String name = model.substring(colon + 1);
    if (scheme.equals("bedrock:")) {
      String id = name.substring(name.lastIndexOf('/') + 1);
      var region = REGION.matcher(id);
      return scheme + (region.lookingAt() ? id.substring(region.end()) : id);
    }
    return scheme + SNAPSHOT.matcher(name).replaceFirst("");
  }
}
