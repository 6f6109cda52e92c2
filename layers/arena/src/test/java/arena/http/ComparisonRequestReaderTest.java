package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComparisonRequestReaderTest {
  private static String race(String budgetUsd) {
    return "{\"profiles\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"budget\":{\"usd\":"
        + budgetUsd
        + "}}";
  }

  /** DynamoDB has no such numbers, so that no run would be below the budget and none start. */
  @ParameterizedTest
  @ValueSource(strings = {"0", "1e-320", "1e-131", "0.00000099", "-0.0", "1000000.01", "1e308"})
  void rejectsABudgetThatNoCostCanBeComparedWith(String usd) {
    ApiException error =
        assertThrows(ApiException.class, () -> ComparisonRequestReader.race(race(usd)));
    assertEquals(422, error.status());
    assertEquals(Optional.of("budget.usd"), error.field());
    assertEquals(Optional.of("0.000001 to 1000000"), error.limit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.000001", "1e-6", "1000000", "1e6"})
  void takesABudgetAtItsLimits(String usd) {
    assertEquals(
        Optional.of(Double.valueOf(usd)),
        ComparisonRequestReader.race(race(usd)).common().budget().usd());
  }
}
