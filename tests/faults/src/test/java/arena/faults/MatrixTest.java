package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

final class MatrixTest {
  @Test
  @DisabledIfSystemProperty(named = "arena.faults.update", matches = "true")
  void pageContainsEveryFault() {
    List<Fault> missing =
        Arrays.stream(Fault.values())
            .filter(fault -> Matrix.committedRow(fault).isEmpty())
            .toList();
    assertEquals(List.of(), missing, "missing in MATRIX.md; run " + Matrix.COMMAND);
  }
}
