package arena.agent;

import arena.run.Profile;
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
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Model prices, from a table that records the source and date of each price. Unknown models cost 0,
 * such as those on the user's own machine.
 */
public final class PriceTable {
  /** Resource name; the date is when the prices were collected. */
  static final String TABLE = "prices-2026-11-26.csv";

  /** Prefix of a Bedrock cross-region inference profile id. */
  private static final Pattern REGION =
      Pattern.compile("(us|us-gov|eu|apac|ap|jp|au|ca|sa|global)\\.");

  /** Snapshot date at the end of a model name, as OpenAI and Anthropic write it. */
  private static final Pattern SNAPSHOT =
      Pattern.compile("-(?:\\d{4}-\\d{2}-\\d{2}|20\\d{6}|latest)$");

  private static final double MILLION = 1_000_000;

  private final Map<String, Price> prices;

  private PriceTable(Map<String, Price> prices) {
    this.prices = prices;
  }

  /** Loads the table when it is first used. */
  private static final class Bundled {
    private static final PriceTable TABLE = load();
  }

  /**
   * Whether the cost of this model's calls is known: the table has its price, or it costs nothing.
   *
   * @param model a profile's model
   */
  public static boolean isCostKnown(String model) {
    return Profile.isScripted(model)
        || model.equals(Profile.RECORDED)
        || Bundled.TABLE.knows(model);
  }

  /**
   * A model's prices in US dollars per million tokens.
   *
   * @param cached of a prompt's tokens that are read from a cache
   * @param written of a prompt's tokens that are written to a cache
   * @param asOf the month that the prices are of, such as {@code 2025-10}
   */
  public record Price(double input, double output, double cached, double written, String asOf) {}

  /** A model of the table. */
  public record ListedModel(String model, Price price) {}

  /** Returns the models of the table, sorted by name. */
  public static List<ListedModel> listed() {
    return new TreeMap<>(Bundled.TABLE.prices)
        .entrySet().stream().map(row -> new ListedModel(row.getKey(), row.getValue())).toList();
  }

  /** Loads the bundled table. */
  static PriceTable load() {
    InputStream in = PriceTable.class.getResourceAsStream(TABLE);
    if (in == null) {
      throw new IllegalStateException("missing resource " + TABLE);
    }
    Map<String, Price> prices = new HashMap<>();
    try (var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<String> rows =
          lines.lines().filter(line -> !line.startsWith("#") && !line.isBlank()).skip(1).toList();
      for (String row : rows) {
        List<String> cells = List.of(row.split(",", -1));
        prices.put(
            cells.get(0),
            new Price(
                Double.parseDouble(cells.get(1)),
                Double.parseDouble(cells.get(2)),
                Double.parseDouble(cells.get(3)),
                Double.parseDouble(cells.get(4)),
                cells.get(6)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PriceTable(Map.copyOf(prices));
  }

  /** Estimates a call's cost in US dollars; 0 if the price is unknown. */
  public static double estimate(String model, long inputTokens, long outputTokens) {
    return Bundled.TABLE.cost(model, new Tokens(inputTokens, outputTokens, 0, 0));
  }

  /** Whether the table has a price for this model. */
  boolean knows(String model) {
    return find(model).isPresent();
  }

  /**
   * Computes a call's cost in US dollars; 0 if the price is unknown.
   *
   * @param model a profile's model, such as {@code openai:gpt-4o-mini}
   */
  double cost(String model, Tokens tokens) {
    return find(model)
        .map(
            price ->
                (tokens.fullPrice() * price.input
                        + tokens.cacheRead() * price.cached
                        + tokens.cacheWritten() * price.written
                        + tokens.output() * price.output)
                    / MILLION)
        .orElse(0.0);
  }

  private Optional<Price> find(String model) {
    return Optional.ofNullable(prices.get(model))
        .or(() -> Optional.ofNullable(prices.get(normalize(model))));
  }

  /** Removes what does not affect the price: ARN prefix, region, snapshot date. */
  private static String normalize(String model) {
    int colon = model.indexOf(':');
    String scheme = model.substring(0, colon + 1);
    String name = model.substring(colon + 1);
    if (scheme.equals("bedrock:")) {
      String id = name.substring(name.lastIndexOf('/') + 1);
      return scheme + withoutRegion(id);
    }
    return scheme + SNAPSHOT.matcher(name).replaceFirst("");
  }

  /** Removes the regions at the start of a Bedrock inference profile's id. */
  static String withoutRegion(String id) {
    var region = REGION.matcher(id);
    return region.lookingAt() ? id.substring(region.end()) : id;
  }
}
