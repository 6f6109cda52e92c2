package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.comparison.ComparisonRequest;
import arena.run.Profile;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
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

  private static String named(String first, String second) {
    return "{\"profiles\":[{\"name\":\"%s\"},{\"name\":\"%s\"}]}".formatted(first, second);
  }

  @ParameterizedTest
  @ValueSource(strings = {" a", "a ", "a  b", "a\u00a0b", "a\u3000"})
  void rejectsANameThatLooksLikeAnother(String name) {
    ApiException error =
        assertThrows(ApiException.class, () -> ComparisonRequestReader.race(named("a", name)));
    assertEquals(422, error.status());
    assertEquals(Optional.of("profiles[1].name"), error.field());
  }

  @Test
  void takesNamesThatAreComposedDifferentlyForOne() {
    ApiException error =
        assertThrows(
            ApiException.class,
            () -> ComparisonRequestReader.race(named("caf\u00e9", "cafe\u0301")));
    assertEquals(422, error.status());
    assertEquals(Optional.of("profiles[1].name"), error.field());
    assertEquals(Optional.of("unique"), error.limit());
  }

  @Test
  void distinguishesNamesByCase() {
    assertEquals(
        List.of("a", "A"),
        ComparisonRequestReader.race(named("a", "A")).profiles().stream()
            .map(Profile::name)
            .toList());
  }

  @Test
  void findsTheControlAlsoIfItIsComposedDifferently() {
    ComparisonRequest.OfExperiment experiment =
        ComparisonRequestReader.experiment(
            "{\"parent_run_id\":\"0123456789abcdef0123456789abcdef\",\"parent_t\":0,"
                + "\"control\":\"cafe\u0301\",\"arms\":[{\"name\":\"b\"},{\"name\":\"caf\u00e9\"}]}");
    assertEquals(Optional.of(experiment.arms().get(1).name()), experiment.control());
  }
}
