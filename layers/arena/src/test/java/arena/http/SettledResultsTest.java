package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.comparison.Cell;
import arena.comparison.CellOutcome;
import arena.comparison.ComparisonId;
import arena.comparison.Design.CellPlan;
import arena.run.Failure;
import arena.run.Mutation;
import arena.run.Profile;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SettledResultsTest {
  private final SettledResults<Integer> results = new SettledResults<>();
  private int computed;

  private static ComparisonId id(int number) {
    return ComparisonId.of(String.format(Locale.ROOT, "%032x", number));
  }

  private static List<Cell> cells(int ended) {
    return IntStream.range(0, 5).mapToObj(number -> cell(number, number < ended)).toList();
  }

  private static Cell cell(int number, boolean ended) {
    return new Cell(
        new CellPlan(number, "player", Profile.DEFAULT, "balanced", 0, Mutation.NONE),
        id(1).runOf(number),
        ended ? Cell.State.FAILED : Cell.State.RUNNING,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        ended
            ? Optional.of(CellOutcome.failed(new Failure("ModelRefused", "refused")))
            : Optional.empty());
  }

  private int get(int id, int ended) {
    return results.get(id(id), cells(ended), () -> ++computed);
  }

  @Test
  void computesAgainWhenAnotherCellHasEnded() {
    assertEquals(1, get(1, 2));
    assertEquals(1, get(1, 2));
    assertEquals(2, get(1, 3));
    assertEquals(2, get(1, 3));
    assertEquals(3, get(2, 3));
    assertEquals(2, get(1, 3));
  }

  @Test
  void keepsTheResultsOfTheComparisonsThatWereReadLast() {
    for (int id = 0; id <= SettledResults.MAX; id++) {
      get(id, 1);
    }
    assertEquals(SettledResults.MAX + 1, computed);
    get(1, 1);
    assertEquals(SettledResults.MAX + 1, computed);
    get(0, 1);
    assertEquals(SettledResults.MAX + 2, computed);
  }
}
