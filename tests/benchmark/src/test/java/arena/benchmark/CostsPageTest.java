package arena.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.template.Template;
import arena.run.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The page about costs and quotas agrees with the price file, the template and the state machine.
 */
final class CostsPageTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Path FUNCTIONS = ROOT.resolve("functions");
  private static final YearMonth GATHERED = YearMonth.of(2026, 11);

  /** Dollars are printed with two decimals. */
  private static final double ROUNDING = 0.006;

  private static final int MAX_HISTORY = 25_000;

  /** Scheduled, started, failed or timed out. */
  private static final int EVENTS_OF_ATTEMPT = 3;

  /** Entered and left twice, scheduled, started, succeeded. */
  private static final int EVENTS_OF_TURN = 7;

  /** See {@code arena.lifecycle.ModelWaits}. */
  private static final int EVENTS_OF_WAITS = 200 * 9;

  private static final Pattern LINE =
      Pattern.compile(
          "^ *([\\d,.]+)  \\$ +(\\S.*?)  +([\\d,.]+) \\S.* at \\$([\\d.]+)(?: per ([\\d,]+))?$",
          Pattern.MULTILINE);

  private static final Pattern TOTAL =
      Pattern.compile("^ *([\\d,.]+)  \\$ +1,000 forks\\b", Pattern.MULTILINE);

  private static final Pattern IDLE =
      Pattern.compile("^ *([\\d,.]+)  \\$ +idle a month: (.*)$", Pattern.MULTILINE);

  private static final Pattern PARAMETER =
      Pattern.compile("^\\| `([A-Za-z]+)` \\| `([^`]*)` \\|", Pattern.MULTILINE);

  private final UnitPrices prices = UnitPrices.read(FUNCTIONS.resolve("prices.csv"));
  private final Template template = Template.read(ROOT.resolve("template.yaml"));
  private final String page;

  CostsPageTest() throws IOException {
    page = Files.readString(FUNCTIONS.resolve("COSTS.md"));
  }

  private static double number(String text) {
    return Double.parseDouble(text.replace(",", ""));
  }

  private List<MatchResult> lines() {
    return LINE.matcher(page).results().toList();
  }

  @Test
  void pricesNameRegionSourceAndDate() {
    assertFalse(prices.all().isEmpty());
    prices
        .all()
        .forEach(
            (key, price) -> {
              assertTrue(price.usd() > 0 && price.per() > 0, key);
              assertEquals("us-east-1", price.region(), key);
              assertTrue(price.source().startsWith("aws.amazon.com/"), key);
              assertTrue(Set.of("page", "quoted").contains(price.found()), key);
              assertTrue(price.asOf().stream().noneMatch(GATHERED::isBefore), key);
            });
  }

  @Test
  void chargesOnThePageAreQuantityTimesAPriceOfTheFile() {
    assertTrue(lines().size() > 20, page);
    for (MatchResult line : lines()) {
      double usd = number(line.group(4));
      long per = line.group(5) == null ? 1 : (long) number(line.group(5));
      assertTrue(
          prices.all().values().stream()
              .anyMatch(price -> price.usd() == usd && price.per() == per),
          line.group());
      assertEquals(
          number(line.group(1)), number(line.group(3)) * usd / per, ROUNDING, line.group());
    }
  }

  @Test
  void totalOfForksIsTheSumOfItsLines() {
    int begin = page.indexOf("Step Functions transitions");
    MatchResult total = TOTAL.matcher(page).results().findFirst().orElseThrow();
    List<MatchResult> charges =
        lines().stream()
            .filter(line -> line.end() > begin && line.start() < total.start())
            .toList();
    assertEquals(19, charges.size());
    assertEquals(
        number(total.group(1)),
        charges.stream().mapToDouble(line -> number(line.group(1))).sum(),
        charges.size() * ROUNDING);
  }

  @Test
  void idleCostsAreThoseOfTheTemplate() {
    Map<String, String> stated =
        IDLE.matcher(page)
            .results()
            .collect(Collectors.toMap(line -> line.group(2).strip(), line -> line.group(1)));
    assertEquals(ForkCost.VARIANTS.keySet(), stated.keySet());
    ForkCost.VARIANTS.forEach(
        (variant, parameters) ->
            assertEquals(
                stated.get(variant),
                String.format(
                    Locale.ROOT,
                    "%,.2f",
                    Charge.total(new IdleBill(template, prices, parameters).charges())),
                variant));
  }

  @Test
  void idleChargesOnThePageAreThoseOfTheTemplate() {
    for (Charge charge : new IdleBill(template, prices, Map.of()).charges()) {
      assertTrue(
          lines().stream()
              .anyMatch(
                  line ->
                      line.group(2).equals(charge.what()) && line.group().endsWith(charge.basis())),
          charge::toString);
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void parametersOnThePageHaveTheirDefaults() {
    Map<String, Object> declared = TemplateParameters.read(ROOT.resolve("template.yaml"));
    List<MatchResult> rows = PARAMETER.matcher(page).results().toList();
    assertTrue(rows.size() >= 5, page);
    for (MatchResult row : rows) {
      Map<String, Object> parameter = (Map<String, Object>) declared.get(row.group(1));
      assertTrue(parameter != null, row.group(1));
      assertEquals(row.group(2), String.valueOf(parameter.get("Default")), row.group(1));
    }
  }

  @Test
  void cacheFollowsItsParameters() {
    IdleBill valkey =
        new IdleBill(template, prices, Map.of("CacheEngine", "valkey", "CacheNodes", "1"));
    assertEquals("valkey", valkey.cache("Engine"));
    assertTrue(valkey.cache("EngineVersion").matches("[89]\\..*"));
    assertEquals("1", valkey.cache("NumCacheClusters"));
    assertEquals("false", valkey.cache("AutomaticFailoverEnabled"));
    assertEquals("false", valkey.cache("MultiAZEnabled"));
    IdleBill redis = new IdleBill(template, prices, Map.of());
    assertEquals("redis", redis.cache("Engine"));
    assertEquals("true", redis.cache("AutomaticFailoverEnabled"));
    assertEquals("true", redis.cache("MultiAZEnabled"));
  }

  /** A run of 200 turns, each with all its retries, fits into the history of an execution. */
  @Test
  void historyHoldsTheLongestRunWithAllRetries() throws IOException {
    Map<String, Object> states = TemplateParameters.states(FUNCTIONS.resolve("replay.asl.yaml"));
    int retriesOfTurn = TemplateParameters.retries(states, "PlayTurn");
    int turn = EVENTS_OF_TURN + EVENTS_OF_ATTEMPT * retriesOfTurn;
    // one task more than turns: the last one writes the final state
    int longest =
        (Limits.MAX_TURNS + 1) * turn
            + EVENTS_OF_WAITS
            + EVENTS_OF_ATTEMPT * TemplateParameters.retries(states, "FinalizeRun")
            + EVENTS_OF_ATTEMPT * TemplateParameters.retries(states, "CloseRun")
            + 2 * EVENTS_OF_TURN
            + EVENTS_OF_TURN;
    assertTrue(longest <= MAX_HISTORY, () -> longest + " events");
    assertTrue(page.contains(String.format(Locale.ROOT, "%d events a turn", EVENTS_OF_TURN)));
    assertTrue(
        page.contains(
            String.format(Locale.ROOT, "%d with all its %d retries", turn, retriesOfTurn)));
    assertTrue(
        page.contains(String.format(Locale.ROOT, "%,d events", longest)), () -> longest + "");
  }
}
