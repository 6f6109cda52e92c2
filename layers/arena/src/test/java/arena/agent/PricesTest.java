package arena.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PricesTest {
  private final PriceTable prices = PriceTable.load();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bedrock:amazon.nova-pro-v1:0",
        "bedrock:us.amazon.nova-pro-v1:0",
        "bedrock:apac.amazon.nova-pro-v1:0",
        "bedrock:us-gov.amazon.nova-pro-v1:0",
        "bedrock:arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
        "bedrock:arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-pro-v1:0"
      })
  void findsThePriceByEveryNameOfAModel(String model) {
    assertEquals(
        (3_000 * 0.80 + 500 * 3.20) / 1e6, prices.cost(model, new Tokens(3_000, 500, 0, 0)), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "openai:llama3.2",
        "bedrock:gpt-4o",
        "openai:amazon.nova-pro-v1:0",
        "bedrock:arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3",
        "openai:gpt-4o-2024",
        "scripted",
        ""
      })
  void anUnknownModelCostsZero(String model) {
    assertFalse(prices.knows(model));
    assertEquals(0, prices.cost(model, new Tokens(1_000_000, 1_000_000, 0, 0)));
  }

  @Test
  void onlyAModelWithAPriceOrWithoutCallsHasAKnownCost() {
    assertTrue(PriceTable.isCostKnown("scripted"));
    assertTrue(PriceTable.isCostKnown("openai:gpt-4o"));
    assertFalse(PriceTable.isCostKnown("openai:llama3.2"));
    assertFalse(
        PriceTable.isCostKnown(
            "bedrock:arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3"));
  }

  @Test
  void costIsNeverNegativeOrInfinite() {
    assertEquals(0, prices.cost("openai:gpt-4o", new Tokens(-5, Long.MIN_VALUE, -1, -1)));
    double most = prices.cost("openai:gpt-4o", new Tokens(Long.MAX_VALUE, Long.MAX_VALUE, 0, 0));
    assertTrue(most > 0 && Double.isFinite(most));
  }

  @Test
  void everyRowHasSourceAndDate() throws Exception {
    try (InputStream in = PriceTable.class.getResourceAsStream(PriceTable.TABLE)) {
      List<String> rows =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .skip(1)
              .toList();
      assertTrue(rows.size() >= 10);
      for (String row : rows) {
        assertTrue(
            row.matches(
                "(bedrock|openai|anthropic):[^,]+(,[0-9.]+){4},[a-z.]+/[a-z/-]+,\\d{4}-\\d{2}"),
            row);
        assertTrue(prices.knows(row.substring(0, row.indexOf(','))), row);
      }
    }
  }
}
