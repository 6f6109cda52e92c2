package arena.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SamplesTest {
  @Test
  void computesMedian() {
    assertEquals(2, new Samples(List.of(3.0, 1.0, 2.0)).median());
    assertEquals(2.5, new Samples(List.of(4.0, 1.0, 2.0, 3.0)).median());
    assertEquals(7, new Samples(List.of(7.0)).median());
  }

  @Test
  void computesPercentiles() {
    Samples hundred = new Samples(IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList());
    assertEquals(50, hundred.percentile(50));
    assertEquals(99, hundred.percentile(99));
    assertEquals(100, hundred.percentile(99.1));
    assertEquals(100, hundred.percentile(100));
    assertEquals(1, hundred.percentile(0.5));
    assertEquals(7, new Samples(List.of(7.0)).percentile(99));
  }

  @Test
  void rejectsEmptySamplesAndInvalidPercentiles() {
    assertThrows(IllegalArgumentException.class, () -> new Samples(List.of()));
    assertThrows(IllegalArgumentException.class, () -> new Samples(List.of(1.0)).percentile(100.1));
    assertThrows(IllegalArgumentException.class, () -> new Samples(List.of(1.0)).percentile(0));
  }
}
